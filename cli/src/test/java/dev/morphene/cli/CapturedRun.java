package dev.morphene.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A command line that was run in this process, with all it printed.
 *
 * @param exitCode of it
 * @param out standard output
 * @param err standard error
 */
public record CapturedRun(int exitCode, String out, String err) {

  public static CapturedRun of(String... arguments) {
    PrintStream formerOut = System.out;
    PrintStream formerErr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      int exitCode = Morphene.run(arguments);
      System.out.flush();
      System.err.flush();
      return new CapturedRun(
          exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(formerOut);
      System.setErr(formerErr);
    }
  }

  public List<String> errorLines() {
    return err.lines().toList();
  }
}
