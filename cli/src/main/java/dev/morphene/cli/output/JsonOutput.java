package dev.morphene.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.morphene.protocol.json.ProtocolJson;
import java.io.PrintStream;
import java.io.UncheckedIOException;

/** Prints for programs what a table shows to people. */
public final class JsonOutput {
  private JsonOutput() {}

  public static void print(PrintStream out, Object view) {
    try {
      out.println(ProtocolJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(view));
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
