package dev.morphene.protocol.json;

/**
 * A message or request that is not what its type asks for; the message is one sentence for the
 * sender.
 */
public final class MalformedMessage extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedMessage(String message, Throwable cause) {
    super(message, cause);
  }
}
