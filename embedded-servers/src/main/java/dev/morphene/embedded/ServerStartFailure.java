package dev.morphene.embedded;

/** An embedded server did not start; the message is one sentence with the fix. */
public final class ServerStartFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What stood in the way. */
  public enum Reason {
    /** Another program listens on the port. */
    PORT_IN_USE,
    /** Another process works on the same data folder. */
    FOLDER_IN_USE,
    /** The machine does not allow what the server needs. */
    NOT_PERMITTED,
    /** The server itself gave up; the cause has its words. */
    SERVER
  }

  private final Reason reason;

  ServerStartFailure(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
