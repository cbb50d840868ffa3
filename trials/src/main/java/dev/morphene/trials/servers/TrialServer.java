package dev.morphene.trials.servers;

/**
 * A broker or a database of a trial's own, on a free port of the loopback address and on data that
 * is deleted in the end.
 */
public interface TrialServer extends AutoCloseable {
  /** The address with user and password; the same after a restart. */
  String uri();

  /** Ends it without a warning; what it had confirmed is on disk. */
  void kill9();

  /**
   * Starts it again on the same data and port, after a crash when it runs; waits for its answer.
   */
  void restart();

  /** Ends it and deletes its data. */
  @Override
  void close();
}
