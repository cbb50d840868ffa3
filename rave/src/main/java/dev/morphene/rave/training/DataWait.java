package dev.morphene.rave.training;

/**
 * Which share of a run's time goes by in waiting for data. Recent steps count more: a step a
 * hundred steps ago has a third of the newest one's weight.
 */
final class DataWait {
  private static final double KEPT = 0.99;

  private double waitedNanos;
  private double totalNanos;

  /**
   * Adds a step.
   *
   * @param waited nanoseconds from asking for the batch to having it
   * @param computed nanoseconds of the step itself
   */
  void add(long waited, long computed) {
    waitedNanos = KEPT * waitedNanos + waited;
    totalNanos = KEPT * totalNanos + waited + computed;
  }

  /** 0 to 1; 0 before the first step. */
  double share() {
    return totalNanos > 0 ? waitedNanos / totalNanos : 0;
  }
}
