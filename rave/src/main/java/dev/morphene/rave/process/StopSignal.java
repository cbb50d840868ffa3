package dev.morphene.rave.process;

/** The agent's wishes, to be looked at between two pieces of work. Safe to call from any thread. */
public interface StopSignal {

  /** True once a stop command or the end of standard input was seen; never false again. */
  boolean stopRequested();

  /** True once for any number of checkpoint-now commands since the last call. */
  boolean takeCheckpointRequest();

  /**
   * Ends the job here if it was told to stop.
   *
   * @param step from which it goes on when started again
   * @throws JobStopped if a stop was requested
   */
  default void throwIfStopped(long step) {
    if (stopRequested()) {
      throw new JobStopped(step);
    }
  }
}
