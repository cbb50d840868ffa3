package dev.morphene.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.AutoComplete;

class CompletionTest {
  @TempDir Path folder;

  @Test
  void bashReadsTheScriptAndCompletesAnOption() throws Exception {
    Path script =
        Files.writeString(
            folder.resolve("completion.sh"),
            AutoComplete.bash("morphene", Morphene.commandLine()),
            StandardCharsets.UTF_8);
    assumeTrue(hasBash(), "bash is not installed");
    Process bash =
        new ProcessBuilder(
                "bash",
                "-c",
                "source \"$1\" && COMP_WORDS=(morphene queue add --db) && COMP_CWORD=3 &&"
                    + " _complete_morphene && echo \"${COMPREPLY[@]}\"",
                "bash",
                script.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(said).isZero();
    assertThat(said).contains("--db-path");
  }

  private static boolean hasBash() throws InterruptedException {
    try {
      return new ProcessBuilder("bash", "-c", "true").start().waitFor() == 0;
    } catch (IOException none) {
      return false;
    }
  }
}
