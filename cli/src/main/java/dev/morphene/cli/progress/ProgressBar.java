package dev.morphene.cli.progress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Work with a known end as one line: what is done, a bar, the share, the speed, the time left and
 * figures. On a terminal the line is redrawn in place; elsewhere one is printed every few seconds.
 * Speed is the mean since the first call, so that pauses which come again count. Thread safe.
 */
public final class ProgressBar implements AutoCloseable {
  private static final Duration PLAIN_LINE_PERIOD = Duration.ofSeconds(5);
  private static final Duration REDRAW_PERIOD = Duration.ofMillis(100);
  private static final int LONGEST_STAGE = 28;

  /** A longer line would wrap, and the wrapped part could not be erased. */
  private static final int LINE_WIDTH = 79;

  private final Terminal terminal;
  private final LongSupplier nanoTicker;
  private OptionalLong startNanos = OptionalLong.empty();
  private OptionalLong shownNanos = OptionalLong.empty();
  private long startStep;

  public ProgressBar(Terminal terminal, LongSupplier nanoTicker) {
    this.terminal = terminal;
    this.nanoTicker = nanoTicker;
  }

  /** On standard output. */
  public static ProgressBar standard() {
    return new ProgressBar(Terminal.standard(), System::nanoTime);
  }

  /**
   * Shows how far the work is; may be called as often as wanted.
   *
   * @param stage what is done now
   * @param step units done, 0 to {@code total}
   * @param total units in all
   * @param figures shown behind, the most important first; what does not fit a terminal is left out
   */
  public synchronized void show(String stage, long step, long total, List<String> figures) {
    long now = nanoTicker.getAsLong();
    if (startNanos.isEmpty() || step < startStep) {
      startNanos = OptionalLong.of(now);
      startStep = step;
    }
    Duration period = terminal.isInteractive() ? REDRAW_PERIOD : PLAIN_LINE_PERIOD;
    if (shownNanos.isPresent() && now - shownNanos.getAsLong() < period.toNanos()) {
      return;
    }
    shownNanos = OptionalLong.of(now);
    if (terminal.isInteractive()) {
      terminal.show(List.of(line(stage, step, total, figures, now, LINE_WIDTH)));
    } else {
      terminal.print(line(stage, step, total, figures, now, Integer.MAX_VALUE));
    }
  }

  /** Prints a line that stays. */
  public synchronized void print(String line) {
    terminal.print(line);
    shownNanos = terminal.isInteractive() ? OptionalLong.empty() : shownNanos;
  }

  /** Prints a line that stays on standard error. */
  public synchronized void warn(String line) {
    close();
    System.err.println(line);
  }

  /** Takes the bar off the terminal; the next call of {@link #show} brings it back. */
  @Override
  public synchronized void close() {
    terminal.show(List.of());
  }

  private String line(
      String stage, long step, long total, List<String> figures, long now, int width) {
    List<String> parts = new ArrayList<>();
    parts.add(
        stage.length() > LONGEST_STAGE ? stage.substring(0, LONGEST_STAGE - 3) + "..." : stage);
    parts.add(JobLine.bar(step, total));
    parts.add(
        String.format(
            Locale.ROOT, "%3d %%  %,d/%,d", 100 * step / Math.max(1, total), step, total));
    OptionalDouble speed = unitsPerSecond(step, now);
    if (speed.isPresent() && step < total) {
      double perSecond = speed.getAsDouble();
      parts.add(
          perSecond >= 1
              ? String.format(Locale.ROOT, "%.1f/s", perSecond)
              : String.format(Locale.ROOT, "%.1f s each", 1 / perSecond));
      parts.add("ETA " + JobLine.clock(Duration.ofSeconds(Math.round((total - step) / perSecond))));
    }
    StringBuilder line = new StringBuilder(String.join("  ", parts));
    for (String figure : figures) {
      if (line.length() + 2 + figure.length() <= width) {
        line.append("  ").append(figure);
      }
    }
    return line.length() > width ? line.substring(0, width) : line.toString();
  }

  private OptionalDouble unitsPerSecond(long step, long now) {
    double seconds = (now - startNanos.getAsLong()) / 1e9;
    return step > startStep && seconds > 0
        ? OptionalDouble.of((step - startStep) / seconds)
        : OptionalDouble.empty();
  }
}
