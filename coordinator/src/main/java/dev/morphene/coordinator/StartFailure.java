package dev.morphene.coordinator;

/** A coordinator did not start; the message is one sentence with the fix. */
public final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
