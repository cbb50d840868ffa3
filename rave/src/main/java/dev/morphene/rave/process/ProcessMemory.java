package dev.morphene.rave.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Memory as the Linux kernel counts it (proc(5)). */
public final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path HOST = Path.of("/proc/meminfo");

  private ProcessMemory() {}

  /**
   * Resident memory of this process, native memory included, bytes; empty where /proc is absent.
   */
  public static OptionalLong residentBytes() {
    return field(STATUS, "VmRSS:");
  }

  /** The largest resident memory this process ever had, bytes; empty where /proc is absent. */
  public static OptionalLong peakResidentBytes() {
    return field(STATUS, "VmHWM:");
  }

  /** Physical memory of the host, bytes; empty where /proc is absent. */
  public static OptionalLong hostBytes() {
    return field(HOST, "MemTotal:");
  }

  /** Reads a line such as {@code VmRSS: 123 kB}. */
  static OptionalLong field(Path file, String name) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(name)) {
          String[] words = line.substring(name.length()).strip().split("\\s+");
          return OptionalLong.of(Long.parseLong(words[0]) * 1024);
        }
      }
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
    return OptionalLong.empty();
  }
}
