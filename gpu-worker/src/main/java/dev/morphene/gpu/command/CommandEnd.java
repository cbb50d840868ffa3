package dev.morphene.gpu.command;

import java.time.Duration;

/** How a short command ended. */
public sealed interface CommandEnd {
  /**
   * @param exitCode 128 + N after signal N
   * @param output at most {@link ShortCommand#OUTPUT_LIMIT_BYTES} of it
   * @param errors the same of its error output
   */
  record Exited(int exitCode, String output, String errors) implements CommandEnd {}

  /** It was killed after the time it had. */
  record TimedOut(Duration after) implements CommandEnd {}

  /** It was killed because the thread that waited for it was interrupted. */
  record Interrupted() implements CommandEnd {}

  /**
   * @param reason of the operating system
   */
  record NotStarted(String reason) implements CommandEnd {}
}
