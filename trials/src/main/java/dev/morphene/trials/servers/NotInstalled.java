package dev.morphene.trials.servers;

/** A server is not installed on this machine; the message is one sentence with the fix. */
public final class NotInstalled extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotInstalled(String message) {
    super(message);
  }
}
