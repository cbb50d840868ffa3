package dev.morphene.rave.official;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.ProcessJson;
import dev.morphene.rave.process.ProcessLine;
import dev.morphene.rave.process.RaveProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The child JVM of a run dies or is told to stop; the trainer that it started must be gone too. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KilledParentTest {
  @TempDir Path folder;
  private StandIn standIn;

  @BeforeEach
  void install() throws IOException {
    standIn = StandIn.in(folder);
  }

  @Test
  void afterKillNineOfTheJvmNothingOfTheTrainerIsLeft() throws Exception {
    Process jvm = start("deaf");
    try (BufferedReader lines = jvm.inputReader(StandardCharsets.UTF_8)) {
      await(lines, ProcessLine.Validation.class);
      List<ProcessHandle> trainer = trainer("deaf");
      assertThat(trainer).hasSize(3).allMatch(ProcessHandle::isAlive);
      jvm.destroyForcibly();
      for (ProcessHandle process : trainer) {
        process.onExit().get(20, TimeUnit.SECONDS);
      }
    } finally {
      jvm.destroyForcibly();
    }
  }

  @Test
  void whenTheAgentIsGoneTheTrainerIsStopped() throws Exception {
    Process jvm = start("obedient");
    try (BufferedReader lines = jvm.inputReader(StandardCharsets.UTF_8)) {
      ProcessLine.Hello hello = await(lines, ProcessLine.Hello.class);
      assertThat(hello.recipe())
          .containsEntry("trainer", "rave-2.3")
          .containsEntry("config", "v2_small");
      await(lines, ProcessLine.Validation.class);
      List<ProcessHandle> trainer = trainer("obedient");
      jvm.getOutputStream().close();
      assertThat(await(lines, ProcessLine.Stopped.class).step()).isEqualTo(60);
      assertThat(jvm.waitFor()).isEqualTo(FailureClass.STOPPED_EXIT_CODE);
      for (ProcessHandle process : trainer) {
        process.onExit().get(20, TimeUnit.SECONDS);
      }
    } finally {
      jvm.destroyForcibly();
    }
  }

  private Process start(String name) throws IOException {
    Path request = folder.resolve(name + ".json");
    Files.writeString(
        request, ProcessJson.mapper().writeValueAsString(standIn.request(name, "cpu")));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            RaveProcess.class.getName(),
            "train",
            request.toString());
    builder.environment().put(OfficialProgram.COMMAND_VARIABLE, standIn.program().toString());
    builder.redirectError(folder.resolve(name + ".log").toFile());
    return builder.start();
  }

  private static <T extends ProcessLine> T await(BufferedReader lines, Class<T> type)
      throws IOException {
    for (String text = lines.readLine(); text != null; text = lines.readLine()) {
      ProcessLine line = ProcessJson.mapper().readValue(text, ProcessLine.class);
      if (type.isInstance(line)) {
        return type.cast(line);
      }
    }
    throw new AssertionError("The process ended without a " + type.getSimpleName() + " line.");
  }

  private List<ProcessHandle> trainer(String name) throws IOException {
    return Arrays.stream(Files.readString(standIn.noted(name, "pids.txt")).strip().split(" "))
        .map(Long::valueOf)
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .toList();
  }
}
