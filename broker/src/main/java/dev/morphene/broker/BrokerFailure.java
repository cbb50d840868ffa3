package dev.morphene.broker;

/** A publish or a request that did not succeed; the message may be on the broker all the same. */
public final class BrokerFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What happened; every reason is worth a retry with the same message id but {@code CLOSED}. */
  public enum Reason {
    /** There is no connection at the moment. */
    NOT_CONNECTED,
    /** The connection went before the answer came. */
    CONNECTION_LOST,
    /** The broker said that it did not take the message. */
    NOT_ACCEPTED,
    /** No queue of that name. */
    UNROUTABLE,
    /** No answer in time. */
    TIMEOUT,
    /** This broker object is closed. */
    CLOSED
  }

  private final Reason reason;

  BrokerFailure(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
