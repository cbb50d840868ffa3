package dev.morphene.cli.local;

import java.nio.file.Path;

/**
 * Says where the log goes; works only before the first line is logged, so it comes first in a
 * command.
 */
public final class LogFile {
  private static final String PROPERTY = "morphene.log";

  private LogFile() {}

  public static void use(Path file) {
    System.setProperty(PROPERTY, file.toString());
  }

  /** Where it goes. */
  public static Path path() {
    String chosen = System.getProperty(PROPERTY);
    return chosen == null
        ? Path.of(System.getProperty("java.io.tmpdir"), "morphene.log")
        : Path.of(chosen);
  }
}
