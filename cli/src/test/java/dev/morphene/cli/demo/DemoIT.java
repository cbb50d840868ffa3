package dev.morphene.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.protocol.json.ProtocolJson;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration as its user runs it: a process of its own, only shorter. */
class DemoIT {
  @TempDir Path folder;

  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void makesAnInstrumentFromTheBundledAudio() throws Exception {
    Path out = folder.resolve("out");
    Path log = folder.resolve("terminal.txt");
    assertThat(demo(out, log)).as(() -> read(log)).isZero();
    Path delivered = out.resolve("models/pyroviolin/final");
    JsonNode metadata = ProtocolJson.mapper().readTree(delivered.resolve("metadata.json").toFile());
    assertThat(metadata.toString()).contains("Pyroviolin", "CC BY 3.0", "freesound.org");
    for (String file : List.of("pyroviolin.ts", "demo.wav")) {
      String digest =
          HexFormat.of()
              .formatHex(
                  MessageDigest.getInstance("SHA-256")
                      .digest(Files.readAllBytes(delivered.resolve(file))));
      assertThat(metadata.toString()).as("digest of " + file).contains(digest);
    }
    assertThat(read(log)).contains("model for nn~", "validation distance");
    // A second run finds everything done.
    assertThat(demo(out, log)).as(() -> read(log)).isZero();
    assertThat(read(log)).contains("Going on with what was started here before.");
  }

  private static int demo(Path out, Path log) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dmorphene.home=" + new File("..").getCanonicalPath(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.morphene.cli.Morphene",
                "demo",
                "--out",
                out.toString(),
                "--steps",
                "150")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    return process.waitFor();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException cause) {
      return cause.toString();
    }
  }
}
