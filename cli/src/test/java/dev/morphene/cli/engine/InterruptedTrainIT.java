package dev.morphene.cli.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.dataset.DatasetWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code morphene train} as a process that is told to end, and one that is killed. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class InterruptedTrainIT {
  private static final int RATE_HZ = 48_000;
  private static final int CHUNK_SAMPLES = 81_920;

  @TempDir Path folder;
  private Path errors;

  @BeforeEach
  void makeDataset() throws IOException {
    errors = folder.resolve("errors.txt");
    try (DatasetWriter writer =
        DatasetWriter.create(folder.resolve("dataset"), 1, RATE_HZ, CHUNK_SAMPLES)) {
      for (int chunk = 0; chunk < 6; chunk++) {
        writer.append(tone(110 * (chunk + 1)));
      }
      writer.finish();
    }
  }

  @Test
  void toldToEndItSavesSaysWhereItStoppedAndLeavesNoProcess() throws Exception {
    Process train = start();
    List<ProcessHandle> children;
    try (BufferedReader lines = train.inputReader(StandardCharsets.UTF_8)) {
      awaitLine(lines, "step 0: validation");
      children = train.descendants().toList();
      // Of the handle: that of the process would close its output as well.
      train.toHandle().destroy();
      // What is printed at the end must find a reader.
      lines.lines().forEach(line -> {});
    }
    assertThat(train.waitFor()).isEqualTo(128 + 15);
    assertThat(children).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    assertThat(Files.readString(errors)).contains("Stopping", "morphene: Stopped");
    assertThat(checkpoints()).hasSize(1);
    assertThat(folder.resolve("run/.training.lock")).doesNotExist();
  }

  @Test
  void killedItTakesItsChildAlongWhichSaves() throws Exception {
    Process train = start();
    List<ProcessHandle> children;
    try (BufferedReader lines = train.inputReader(StandardCharsets.UTF_8)) {
      awaitLine(lines, "step 0: validation");
      children = train.descendants().toList();
      train.destroyForcibly();
    }
    assertThat(children).isNotEmpty();
    for (ProcessHandle child : children) {
      child.onExit().get(120, TimeUnit.SECONDS);
    }
    assertThat(checkpoints()).hasSize(1);
    // The kernel gave the lock back, so that nobody has to remove a file.
    RunLock.take(folder.resolve("run")).close();
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dmorphene.log=" + folder.resolve("morphene.log"),
            "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("temporary")),
            "-cp",
            System.getProperty("java.class.path"),
            "dev.morphene.cli.Morphene",
            "train",
            "--name",
            "tones",
            "--config",
            "tiny",
            "--db_path",
            folder.resolve("dataset").toString(),
            "--out_path",
            folder.resolve("run").toString(),
            "--batch",
            "2",
            "--n_signal",
            "40960",
            "--gpu",
            "-1")
        .redirectError(errors.toFile())
        .start();
  }

  private static void awaitLine(BufferedReader lines, String text) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.contains(text)) {
        return;
      }
    }
    throw new AssertionError("The training ended before it said: " + text);
  }

  private List<Path> checkpoints() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("run/checkpoints"))) {
      return files.toList();
    }
  }

  private static float[] tone(double frequencyHz) {
    float[] samples = new float[CHUNK_SAMPLES];
    for (int index = 0; index < samples.length; index++) {
      samples[index] = (float) (0.3 * Math.sin(2 * Math.PI * frequencyHz * index / RATE_HZ));
    }
    return samples;
  }
}
