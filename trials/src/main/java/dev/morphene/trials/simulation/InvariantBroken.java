package dev.morphene.trials.simulation;

/** A rule of the cluster did not hold; the message says which, where and when. */
final class InvariantBroken extends RuntimeException {
  private static final long serialVersionUID = 1;

  InvariantBroken(Invariant invariant, long atMillis, String what) {
    super(
        invariant.getClass().getSimpleName()
            + " is broken at "
            + Words.days(atMillis)
            + ": "
            + what);
  }
}
