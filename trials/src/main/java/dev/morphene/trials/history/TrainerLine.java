package dev.morphene.trials.history;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.JobId;
import java.util.Optional;

/**
 * What a trainer wrote about itself: proof that this process was alive at that moment.
 *
 * @param nanos of the machine's monotonic clock, one for all processes
 * @param processId of the trainer
 * @param agent name of the node that started it
 */
public record TrainerLine(long nanos, AttemptId attempt, long processId, String agent, Word word) {

  /** Kinds of line. */
  public enum Word {
    /** The first one. */
    BEGIN,
    /** Still alive. */
    TICK,
    /** It did all of its work. */
    END,
    /** It failed, as it was told to. */
    FAIL,
    /** It obeyed a stop command. */
    STOP
  }

  /** One line of the history file, without its line feed. */
  public String text() {
    return nanos
        + " "
        + attempt.job().value()
        + " "
        + attempt.attempt().value()
        + " "
        + processId
        + " "
        + agent
        + " "
        + word;
  }

  /** Empty for a line that was cut off, because its writer was killed. */
  public static Optional<TrainerLine> parse(String text) {
    String[] words = text.split(" ", -1);
    try {
      return Optional.of(
          new TrainerLine(
              Long.parseLong(words[0]),
              new AttemptId(
                  new JobId(Long.parseLong(words[1])),
                  new AttemptNumber(Integer.parseInt(words[2]))),
              Long.parseLong(words[3]),
              words[4],
              Word.valueOf(words[5])));
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException cutOff) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return text();
  }
}
