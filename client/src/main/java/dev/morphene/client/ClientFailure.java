package dev.morphene.client;

/** A call that had no success, with one sentence for people. */
public final class ClientFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure it is; each asks for another reaction. */
  public enum Reason {
    /** No coordinator answered, or it has no database now: the same call may work later. */
    UNREACHABLE,
    /** What was named does not exist. */
    NOT_FOUND,
    /** The coordinator will not do it, now or as asked; nothing was changed. */
    REFUSED,
    /** A fault of the coordinator, or an answer that cannot be read. */
    FAILED
  }

  private final Reason reason;

  ClientFailure(Reason reason, String sentence) {
    super(sentence);
    this.reason = reason;
  }

  ClientFailure(Reason reason, String sentence, Throwable cause) {
    super(sentence, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
