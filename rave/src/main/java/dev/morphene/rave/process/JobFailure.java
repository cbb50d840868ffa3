package dev.morphene.rave.process;

import java.util.ArrayList;
import java.util.List;

/**
 * A failure whose class is known where it is thrown; the message is one sentence with the fix. What
 * another program said is its evidence; otherwise the place where it was thrown is.
 */
public final class JobFailure extends RuntimeException {
  /** Lines of evidence that are shown at most. */
  public static final int MAX_EVIDENCE_LINES = 20;

  private static final long serialVersionUID = 1L;

  private final FailureClass failureClass;
  private final ArrayList<String> evidence = new ArrayList<>();

  public JobFailure(FailureClass failureClass, String message) {
    super(message);
    this.failureClass = failureClass;
  }

  public JobFailure(FailureClass failureClass, String message, Throwable cause) {
    super(message, cause);
    this.failureClass = failureClass;
  }

  /**
   * @param evidence last lines of the program that failed, oldest first
   */
  public JobFailure(FailureClass failureClass, String message, List<String> evidence) {
    super(message);
    this.failureClass = failureClass;
    this.evidence.addAll(evidence);
  }

  /** What another program said last, oldest first; empty where the fault is here. */
  public List<String> evidence() {
    return List.copyOf(evidence);
  }

  public FailureClass failureClass() {
    return failureClass;
  }
}
