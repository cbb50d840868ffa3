package dev.morphene.rave.official;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process is doing, as the Linux kernel says (proc(5)). */
final class ProcessState {
  private ProcessState() {}

  /** The state line of its status, {@code S (sleeping)} for instance. */
  static String of(long processId) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc", Long.toString(processId), "status"))) {
        if (line.startsWith("State:")) {
          return line.substring("State:".length()).strip();
        }
      }
      return "state unknown";
    } catch (IOException gone) {
      return "ended";
    }
  }
}
