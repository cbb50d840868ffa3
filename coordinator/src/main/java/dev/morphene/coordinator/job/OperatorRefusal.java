package dev.morphene.coordinator.job;

/** What an operator asked for cannot be done; the message is one sentence with the fix. */
public final class OperatorRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why not. */
  public enum Reason {
    UNKNOWN_JOB,
    UNKNOWN_NODE,
    WRONG_STATE
  }

  private final Reason reason;

  public OperatorRefusal(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
