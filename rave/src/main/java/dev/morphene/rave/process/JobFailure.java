package dev.morphene.rave.process;

/** A failure whose class is known where it is thrown; the message is one sentence with the fix. */
public final class JobFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FailureClass failureClass;

  public JobFailure(FailureClass failureClass, String message) {
    super(message);
    this.failureClass = failureClass;
  }

  public JobFailure(FailureClass failureClass, String message, Throwable cause) {
    super(message, cause);
    this.failureClass = failureClass;
  }

  public FailureClass failureClass() {
    return failureClass;
  }
}
