package dev.morphene.rave.audio;

/** A file that cannot serve as sound; the message is the reason, without the file's name. */
public final class UnusableAudioException extends Exception {
  private static final long serialVersionUID = 1L;

  public UnusableAudioException(String reason) {
    super(reason);
  }
}
