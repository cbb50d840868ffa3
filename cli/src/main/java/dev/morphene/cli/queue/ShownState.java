package dev.morphene.cli.queue;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.protocol.job.JobState;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A job's state as operators see and write it. */
final class ShownState {
  /** As the API takes them. */
  static final List<String> WORDS =
      Arrays.stream(JobState.values()).map(JobState::shownAs).distinct().toList();

  private ShownState() {}

  static String parse(String typed) {
    String word = typed.trim().toLowerCase(Locale.ROOT);
    if (WORDS.contains(word)) {
      return word;
    }
    throw new CommandFailure(
        ExitCode.USAGE,
        "--status is one of " + String.join(", ", WORDS) + ", not \"" + typed + "\".");
  }
}
