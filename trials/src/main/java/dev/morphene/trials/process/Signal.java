package dev.morphene.trials.process;

import java.io.IOException;

/** Signals that Java itself cannot send. */
public enum Signal {
  /** Freezes a process; it does not notice. */
  STOP,
  /** Thaws a frozen process. */
  CONT,
  /** Postgres ends at once, as if it had crashed. */
  QUIT,
  /** Asks a process to end. */
  TERM;

  /** Sends the signal; a process that is gone already is no error. */
  public void send(long processId) {
    try {
      new ProcessBuilder("sh", "-c", "kill -" + name() + " " + processId)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException cause) {
      throw new IllegalStateException("No signal could be sent; is sh installed?", cause);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
