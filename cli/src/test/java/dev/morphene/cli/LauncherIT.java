package dev.morphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of the checkout, with the archive that this build wrote. */
@Timeout(300)
class LauncherIT {
  @TempDir Path folder;

  private record Run(int exitCode, String out, String err) {}

  @Test
  void theArchiveIsThereAndShortCommandsStartFromIt() throws Exception {
    assertThat(Path.of("target", "morphene.jsa")).isNotEmptyFile();
    Run list = run("instruments", "--list");
    assertThat(list.exitCode()).as(list.err()).isZero();
    assertThat(list.err()).isEmpty();
    assertThat(list.out().lines()).hasSize(51).anyMatch(line -> line.contains("Pyroviolin"));
  }

  @Test
  void helpAndCompletionAreThoseOfAllCommands() throws Exception {
    assertThat(run("--help").out()).contains("sources", "queue", "audit");
    assertThat(run("completion", "bash").out()).contains("_complete_morphene");
  }

  @Test
  void exitCodesReachTheShell() throws Exception {
    Run unreachable = run("queue", "list", "--coordinator", "http://127.0.0.1:1");
    assertThat(unreachable.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(unreachable.err().lines()).hasSize(1);
    assertThat(run("fly").exitCode()).isEqualTo(ExitCode.USAGE);
  }

  private Run run(String... arguments) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(Path.of("..", "morphene").toRealPath().toString());
    line.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(line).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    int exitCode = process.waitFor();
    return new Run(
        exitCode,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
