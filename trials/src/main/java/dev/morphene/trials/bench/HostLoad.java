package dev.morphene.trials.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * What the whole machine has done, from Linux' {@code /proc/stat}: says how much of it others used
 * while something was measured.
 *
 * @param busyTicks of all processors together
 */
record HostLoad(long busyTicks) {
  private static final Path STATISTICS = Path.of("/proc/stat");

  /** Linux tells them in hundredths of a second, whatever its own clock. */
  private static final double TICKS_A_SECOND = 100;

  private static final int IDLE = 4;
  private static final int WAITING = 5;
  private static final int LAST_BUSY = 8;

  static HostLoad now() {
    try {
      String[] words = Files.readAllLines(STATISTICS).get(0).split(" +");
      long busy = 0;
      for (int field = 1; field <= LAST_BUSY; field++) {
        busy += field == IDLE || field == WAITING ? 0 : Long.parseLong(words[field]);
      }
      return new HostLoad(busy);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  /** Processors kept busy since then, by everybody. */
  String since(HostLoad before, Duration wall) {
    double seconds = wall.toNanos() / 1e9;
    return String.format(
        Locale.ROOT, "%.2f", (busyTicks - before.busyTicks) / TICKS_A_SECOND / seconds);
  }
}
