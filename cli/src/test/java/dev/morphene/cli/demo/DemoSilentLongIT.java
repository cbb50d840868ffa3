package dev.morphene.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.cli.ExitCode;
import dev.morphene.protocol.json.ProtocolJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demonstration as its user runs it, only far too short: a model of so few steps is still
 * silent, and the demonstration has to say so. Everything else has to hold. {@link DemoLongIT} runs
 * the whole of it.
 */
class DemoSilentLongIT {
  @TempDir Path folder;

  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void makesEveryPartOfAnInstrumentAndNamesTheSilence() throws Exception {
    Path out = folder.resolve("out");
    DemoRun run = DemoRun.of(out, folder.resolve("first.txt"), "--steps", "60");
    assertThat(run.exitCode()).as(run.output()).isEqualTo(ExitCode.FAILED);
    List<String> problems = run.output().lines().filter(line -> line.contains(".wav ")).toList();
    assertThat(problems).isNotEmpty().allMatch(line -> line.endsWith(DeliveryCheck.SILENT));
    assertThat(run.output())
        .contains("model for nn~", "demonstration", "metadata", "validation distance")
        .doesNotContain("is missing", "is empty", "samples, not", "Hz, not");

    Path delivered = out.resolve("models/pyroviolin/final");
    JsonNode metadata = ProtocolJson.mapper().readTree(delivered.resolve("metadata.json").toFile());
    assertThat(metadata.toString()).contains("Pyroviolin", "CC BY 3.0", "freesound.org");
    for (String file : List.of("pyroviolin.ts", "demo.wav")) {
      assertThat(metadata.path("files").findValuesAsText("sha256"))
          .as("digest of " + file)
          .contains(sha256(delivered.resolve(file)));
    }

    DemoRun again = DemoRun.of(out, folder.resolve("second.txt"), "--steps", "60");
    assertThat(again.output()).contains("Going on with what was started here before.");
    assertThat(again.exitCode()).isEqualTo(ExitCode.FAILED);
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
