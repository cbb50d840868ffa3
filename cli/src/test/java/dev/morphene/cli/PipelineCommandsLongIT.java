package dev.morphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.rave.audio.WavReader;
import dev.morphene.rave.audit.AuditReport;
import dev.morphene.rave.checkpoint.CheckpointFile;
import dev.morphene.rave.dataset.TrainingDataset;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The guide's pipeline from recordings to a file for nn~, without a queue, as a practice run. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PipelineCommandsLongIT {
  private static final Path SAMPLES = Path.of("..", "samples", "pyroviolin");
  private static final String PRACTICE = "morphene.practice";
  private static final long STEPS = 8;
  private static final int RATE_HZ = 48_000;

  @TempDir static Path project;
  private static Path dataset;
  private static Path run;
  private static CommandRun preprocessed;
  private static CommandRun stopped;
  private static CommandRun trained;
  private static List<CheckpointFile> checkpoints;

  @BeforeAll
  static void makeDatasetAndRun() throws Exception {
    dataset = project.resolve("training_data/pyroviolin");
    run = project.resolve("models/pyroviolin");
    preprocessed =
        CommandRun.of(
            "preprocess",
            "--input_path",
            SAMPLES.resolve("musical/raw/violin_pizzicato.flac").toString(),
            "--input_path",
            SAMPLES.resolve("nonmusical/raw").toString(),
            "--output_path",
            dataset.toString(),
            "--n_signal",
            "40960");
    System.setProperty(PRACTICE, "1");
    stopped = CommandRun.begin(train());
    stopped.awaitOut("step 0: validation");
    // What a Ctrl-C in the terminal sends to the trainer.
    ProcessHandle.current()
        .descendants()
        .filter(PipelineCommandsLongIT::isTrainer)
        .forEach(ProcessHandle::destroy);
    stopped.exitCode();
    trained = CommandRun.of(train());
    System.clearProperty(PRACTICE);
    checkpoints = checkpoints();
  }

  @AfterAll
  static void endPractice() {
    System.clearProperty(PRACTICE);
  }

  private static String[] train() {
    return new String[] {
      "train",
      "--name",
      "pyroviolin",
      "--config",
      "v2",
      "--db_path",
      dataset.toString(),
      "--out_path",
      run.toString(),
      "--max_steps",
      Long.toString(STEPS),
      "--save_every",
      "50000",
      "--gpu",
      "0"
    };
  }

  private static boolean isTrainer(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains("RaveProcess");
  }

  @Test
  void recordingsBecomeADatasetOfBothSources() throws IOException {
    assertThat(preprocessed.exitCode()).as(preprocessed.err()).isZero();
    assertThat(preprocessed.out()).contains("musical", "nonmusical", "48000 Hz, mono");
    try (TrainingDataset opened = TrainingDataset.open(dataset)) {
      assertThat(opened.samplingRateHz()).isEqualTo(RATE_HZ);
      assertThat(opened.channels()).isEqualTo(1);
      assertThat(opened.chunkSamples()).isEqualTo(2 * 40_960);
      assertThat(opened.size()).isBetween(20, 40);
      for (int chunk = 0; chunk < opened.size(); chunk++) {
        assertThat(rms(opened.read(chunk))).as("chunk %d", chunk).isGreaterThan(0.001);
      }
    }
    assertThat(files(dataset.getParent())).containsExactly("pyroviolin");
    assertThat(files(dataset)).containsExactly("data.mdb", "lock.mdb", "metadata.yaml");
  }

  @Test
  void aPracticeRunSaysWhatItReplaces() {
    assertThat(trained.err())
        .contains("Practice: ", "config tiny in place of v2", "GPU 0 is not used");
  }

  @Test
  void aStoppedTrainingGoesOnWhereItWas() {
    assertThat(stopped.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(stopped.err()).contains("Stopped", "the same command");
    assertThat(trained.exitCode()).as(trained.err()).isZero();
    long stoppedAt = checkpoints.get(0).step();
    assertThat(stoppedAt).isLessThan(STEPS);
    if (stoppedAt > 0) {
      assertThat(stopped.err()).contains("Stopped at step " + stoppedAt);
      assertThat(trained.out()).contains("Going on from step " + stoppedAt);
    }
    assertThat(trained.out())
        .contains("trained to step " + STEPS, "checkpoint step_000000008.ckpt", "peak memory");
    assertThat(checkpoints).last().extracting(CheckpointFile::step).isEqualTo(STEPS);
    assertThat(trained.out() + trained.err()).doesNotContain("\u001b");
  }

  @Test
  void aCompleteRunIsLeftAsItIs() throws IOException {
    System.setProperty(PRACTICE, "1");
    CommandRun again = CommandRun.of(train());
    System.clearProperty(PRACTICE);
    assertThat(again.exitCode()).isZero();
    assertThat(again.out()).contains("The run is complete already");
    assertThat(checkpoints()).isEqualTo(checkpoints);
  }

  @Test
  void oneCheckpointIsAuditedIntoAFolder() throws IOException {
    Path folder = project.resolve("one");
    CommandRun audit =
        CommandRun.of(audit("--checkpoint", Long.toString(STEPS), "--output", folder.toString()));
    assertThat(audit.exitCode()).as(audit.err()).isZero();
    assertThat(audit.out()).contains("000008", "SCORE", "not met");
    requireAudit(folder);
  }

  @Test
  void allCheckpointsAreAuditedAndTheBestIsExported() throws IOException {
    Path models = run.getParent();
    CommandRun filtered =
        CommandRun.of(
            audit(
                "--all",
                "--instrument",
                "10",
                "--output",
                models.toString(),
                "--checkpoint-filter",
                "50000"));
    assertThat(filtered.exitCode()).as(filtered.err()).isZero();
    List<String> steps = files(run.resolve("audit"));
    assertThat(steps).contains("000008").hasSizeLessThanOrEqualTo(2);
    requireAudit(run.resolve("audit/000008"));
    CommandRun all =
        CommandRun.of(audit("--all", "--instrument", "pyroviolin", "--output", models.toString()));
    assertThat(all.exitCode()).as(all.err()).isZero();
    assertThat(all.out()).contains("step 000008: audited before", "Best: step");
    assertThat(files(run.resolve("audit"))).hasSize(checkpoints.size());

    CommandRun export =
        CommandRun.of("export", "--run", run.toString(), "--streaming", "--fidelity", "0.95");
    assertThat(export.exitCode()).as(export.err()).isZero();
    assertThat(export.out()).contains("is the best of " + checkpoints.size());
    assertThat(files(run.resolve("final"))).containsExactly("pyroviolin.ts");
    assertThat(exported(run.resolve("final/pyroviolin.ts")).path("streaming").asBoolean()).isTrue();
  }

  @Test
  void aCheckpointIsExportedUnderAnotherName() throws IOException {
    Path folder = project.resolve("named");
    CommandRun export =
        CommandRun.of(
            "export",
            "--run",
            run.toString(),
            "--checkpoint",
            checkpoints.get(0).path().toString(),
            "--output",
            folder.toString(),
            "--name",
            "first");
    assertThat(export.exitCode()).as(export.err()).isZero();
    assertThat(export.out()).contains("step " + checkpoints.get(0).step(), "offline");
    assertThat(files(folder)).containsExactly("first.ts");
    JsonNode exported = exported(folder.resolve("first.ts"));
    assertThat(exported.path("streaming").asBoolean()).isFalse();
    assertThat(exported.path("config").path("samplingRateHz").asInt()).isEqualTo(RATE_HZ);
  }

  @Test
  void otherSettingsInTheSameRunFolderAreRefused() {
    CommandRun other =
        CommandRun.of(
            "train",
            "--name",
            "pyroviolin",
            "--config",
            "tiny",
            "--db_path",
            dataset.toString(),
            "--out_path",
            run.toString(),
            "--n_signal",
            "40960",
            "--batch",
            "2",
            "--seed",
            "7",
            "--gpu",
            "-1");
    assertThat(other.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(other.err()).contains("morphene: The run folder holds checkpoints with");
  }

  private static String[] audit(String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "audit",
                "--run",
                run.toString(),
                "--musical-ref",
                SAMPLES.resolve("reference_clips/violin_ref.wav").toString(),
                "--nonmusical-ref",
                SAMPLES.resolve("reference_clips/fire_ref.wav").toString(),
                "--duration",
                "1"));
    line.addAll(List.of(more));
    return line.toArray(new String[0]);
  }

  private static void requireAudit(Path folder) throws IOException {
    assertThat(files(folder))
        .containsExactly(
            "audit.json",
            "morph_00.wav",
            "morph_100.wav",
            "morph_25.wav",
            "morph_50.wav",
            "morph_75.wav",
            "musical_recon.wav",
            "nonmusical_recon.wav");
    for (String file : files(folder)) {
      if (file.endsWith(".wav")) {
        assertThat(WavReader.readMono(folder.resolve(file))).as(file).hasSize(RATE_HZ);
      }
    }
    AuditReport report = AuditReport.read(folder);
    assertThat(report.durationSeconds()).isEqualTo(1);
    assertThat(report.references().get(0).health().loudnessLufs()).isGreaterThan(-40);
    assertThat(report.checkpoint()).isEqualTo("step_000000008.ckpt");
  }

  private static JsonNode exported(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      String entry =
          zip.stream()
              .map(Object::toString)
              .filter(name -> name.endsWith("extra/morphene.json"))
              .findFirst()
              .orElseThrow();
      try (InputStream in = zip.getInputStream(zip.getEntry(entry))) {
        return ProtocolJson.mapper().readTree(in);
      }
    }
  }

  private static List<CheckpointFile> checkpoints() throws IOException {
    try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
      return files.sorted().map(CheckpointFile::of).flatMap(Optional::stream).toList();
    }
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static double rms(float[] samples) {
    double sum = 0;
    for (float sample : samples) {
      sum += (double) sample * sample;
    }
    return Math.sqrt(sum / samples.length);
  }
}
