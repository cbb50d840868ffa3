package dev.morphene.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Runs short commands at build time, so that the JVM can archive the classes they load
 * (-XX:ArchiveClassesAtExit); the launcher starts from that archive.
 */
final class StartUpArchive {
  /** Nothing answers at this port, so the client is loaded and nothing is changed. */
  private static final String NOBODY = "http://127.0.0.1:1";

  private static final List<String> LINES =
      List.of(
          "--help",
          "--version",
          "instruments --list",
          "queue list --help",
          "queue list --coordinator " + NOBODY,
          "sources list --coordinator " + NOBODY);

  private StartUpArchive() {}

  public static void main(String[] arguments) {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    System.setOut(nowhere);
    System.setErr(nowhere);
    LINES.forEach(line -> Morphene.run(line.split(" ")));
  }
}
