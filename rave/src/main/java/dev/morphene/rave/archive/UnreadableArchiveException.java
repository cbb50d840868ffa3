package dev.morphene.rave.archive;

/** Content of an archive that is broken or not allowed; the message continues a sentence. */
final class UnreadableArchiveException extends Exception {
  private static final long serialVersionUID = 1L;

  UnreadableArchiveException(String message) {
    super(message);
  }
}
