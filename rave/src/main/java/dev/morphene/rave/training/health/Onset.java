package dev.morphene.rave.training.health;

/** Tells when a condition begins to hold, once for each time that it does. */
final class Onset {
  private boolean held;

  boolean begins(boolean holds) {
    boolean begins = holds && !held;
    held = holds;
    return begins;
  }
}
