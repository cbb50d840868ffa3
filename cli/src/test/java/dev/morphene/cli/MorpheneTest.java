package dev.morphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MorpheneTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "--help, 0",
    "--version, 0",
    "queue list --help, 0",
    "queue, 2",
    "fly, 2",
    "demo --steps many, 2",
    "demo --steps 0, 2",
    "queue list --coordinator http://127.0.0.1:1, 5",
    "queue list --coordinator nonsense, 2",
    "queue show 0, 2",
    "export --run /no/such/run --output /tmp --name x, 3",
    "export --run /no/such/run, 3",
    "export, 2",
    "queue submit /no/such/file.json, 3",
    "gpu-worker --config /no/such/file, 2"
  })
  void exitCodesMeanWhatTheReadmeSays(String line, int exitCode) {
    assertThat(Morphene.run(line.split(" "))).isEqualTo(exitCode);
  }

  @Test
  void aDataFolderThatCannotBeMadeIsNamed() throws Exception {
    Path file = java.nio.file.Files.createFile(folder.resolve("file"));
    assertThat(Morphene.run("up", "--data", file.resolve("below").toString()))
        .isEqualTo(ExitCode.FAILED);
  }
}
