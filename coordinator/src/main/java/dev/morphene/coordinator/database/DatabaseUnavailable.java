package dev.morphene.coordinator.database;

/** Postgres cannot be reached or keeps failing; the same call may work later. */
public final class DatabaseUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DatabaseUnavailable(Throwable cause) {
    super("The database does not answer: " + words(cause), cause);
  }

  private static String words(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
