package dev.morphene.trials.simulation;

/** What must hold whatever happens; throws {@link InvariantBroken} when it does not. */
interface Invariant {
  /** After an attempt has started. */
  default void started(SimulatedAttempt attempt, World world) {}

  /** Now and then, over everything. */
  default void sweep(World world) {}

  /** When the last job has ended. */
  default void atEnd(World world) {}
}
