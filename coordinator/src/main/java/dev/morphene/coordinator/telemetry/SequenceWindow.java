package dev.morphene.coordinator.telemetry;

/**
 * Which batches of a session were stored: all that is needed to know a repetition and to count what
 * is missing.
 *
 * @param newest the highest sequence stored; 0 before the first
 * @param recent bit i says whether {@code newest - i} was stored
 */
record SequenceWindow(long newest, long recent) {
  /** A batch that comes later than this many newer ones is not taken, and stays counted as lost. */
  static final int LENGTH = Long.SIZE;

  /** Neither stored before nor too old to know. */
  boolean takes(long sequence) {
    long age = newest - sequence;
    return age < 0 || age < LENGTH && (recent >>> age & 1) == 0;
  }

  /**
   * The window once a batch is stored that it {@link #takes}.
   *
   * @param sequence 1 or more
   */
  SequenceWindow with(long sequence) {
    long age = newest - sequence;
    if (age >= 0) {
      return new SequenceWindow(newest, recent | 1L << age);
    }
    // A shift by 64 or more would not move the bits at all.
    return new SequenceWindow(sequence, -age < LENGTH ? recent << -age | 1 : 1);
  }
}
