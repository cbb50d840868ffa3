package dev.morphene.trials.fault;

import java.io.IOException;

/** Ends a member of a trial with the trial, even when that was killed with signal 9. */
final class ParentWatch {
  private ParentWatch() {}

  /** The trial holds the other end of standard input and never writes to it. */
  static void start() {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // Nothing is said here.
                }
              } catch (IOException gone) {
                // As good as an end.
              } finally {
                Runtime.getRuntime().halt(0);
              }
            },
            "parent-watch");
    thread.setDaemon(true);
    thread.start();
  }
}
