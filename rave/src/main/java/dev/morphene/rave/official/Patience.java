package dev.morphene.rave.official;

import java.time.Duration;

/**
 * How long the program may do what.
 *
 * @param help to list its flags
 * @param starting without a sign of life, besides the time that reading the dataset takes: it is
 *     read whole, without a word, before training begins
 * @param training without a sign of life
 * @param step without a step, whatever else it says; a validation is in between
 * @param ending without a sign of life after the last step
 * @param stopping after SIGTERM
 * @param look between two looks at its files
 */
record Patience(
    Duration help,
    Duration starting,
    Duration training,
    Duration step,
    Duration ending,
    Duration stopping,
    Duration look) {
  /** Slower than any disk that is worth training from. */
  private static final long DATASET_BYTES_PER_SECOND = 20_000_000;

  static final Patience STANDARD =
      new Patience(
          Duration.ofMinutes(3),
          Duration.ofMinutes(10),
          Duration.ofMinutes(15),
          Duration.ofHours(1),
          Duration.ofMinutes(5),
          Duration.ofSeconds(8),
          Duration.ofSeconds(2));

  /** The same with the time that reading a dataset of this size takes. */
  Patience forDataset(long bytes) {
    return new Patience(
        help,
        starting.plusSeconds(bytes / DATASET_BYTES_PER_SECOND),
        training,
        step,
        ending,
        stopping,
        look);
  }

  /** Without a sign of life, in a stage. */
  Duration silence(TrainerOutput.Stage stage) {
    return switch (stage) {
      case STARTING -> starting;
      case TRAINING -> training;
      case ENDING -> ending;
    };
  }
}
