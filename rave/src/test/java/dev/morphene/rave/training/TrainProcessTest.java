package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.rave.checkpoint.Checkpoint;
import dev.morphene.rave.dataset.DatasetWriter;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.ProcessCommand;
import dev.morphene.rave.process.ProcessLine;
import dev.morphene.rave.process.TrainRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real child processes that are killed, stopped and started again. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TrainProcessTest {
  private static final int SIGNAL_SAMPLES = 37_888;
  private static final long MAX_STEPS = 12;
  private static final long PHASE_ONE_STEPS = 6;

  @TempDir static Path folder;
  private static Path dataset;
  private static Path uninterrupted;
  private static List<ProcessLine> uninterruptedLines;
  private static JsonNode result;

  @BeforeAll
  static void trainWithoutInterruption() throws Exception {
    dataset = folder.resolve("dataset");
    SyntheticItems items = new SyntheticItems(6, 2 * SIGNAL_SAMPLES);
    try (DatasetWriter writer =
        DatasetWriter.create(dataset, 1, items.samplingRateHz(), items.chunkSamples())) {
      for (int i = 0; i < items.size(); i++) {
        writer.append(items.read(i));
      }
      writer.finish();
    }
    uninterrupted = folder.resolve("uninterrupted");
    try (ChildTrainer trainer = start(request(uninterrupted))) {
      result = trainer.awaitResult();
      uninterruptedLines = trainer.lines();
      assertThat(trainer.exitCode()).isZero();
    }
  }

  @Test
  void aRunTellsItsStoryInOrder() {
    assertThat(uninterruptedLines.get(0)).isInstanceOf(ProcessLine.Hello.class);
    ProcessLine.Hello hello = (ProcessLine.Hello) uninterruptedLines.get(0);
    assertThat(hello.recipe())
        .containsEntry("config", "tiny")
        .containsEntry("batch", "2")
        .containsEntry("channels", "1");
    List<ProcessLine.Validation> validations = lines(ProcessLine.Validation.class);
    assertThat(validations)
        .extracting(ProcessLine.Validation::step)
        .containsExactly(0L, 4L, 6L, 8L, 12L);
    assertThat(validations)
        .extracting(ProcessLine.Validation::phase)
        .containsExactly(1, 1, 1, 2, 2);
    assertThat(validations.get(2).measures()).containsKey("fidelity_0.95");
    assertThat(validations.get(3).measures()).containsOnlyKeys("active_latents");
    // Rolling at 2, 4, 8, 10 of which three stay; for good at 6 and at the end.
    assertThat(result.get("steps").asLong()).isEqualTo(MAX_STEPS);
    assertThat(result.get("checkpoints"))
        .extracting(node -> node.get("step").asLong())
        .containsExactly(4L, 6L, 8L, 10L, 12L);
    assertThat(result.get("checkpoints"))
        .extracting(node -> node.get("phase").asInt())
        .containsExactly(1, 1, 2, 2, 2);
    assertThat(result.get("firstValidation").get("step").asLong()).isZero();
    assertThat(result.get("lastValidation").get("step").asLong()).isEqualTo(MAX_STEPS);
    assertThat(result.get("peakResidentBytes").asLong()).isGreaterThan(100_000_000);
  }

  @Test
  void afterKillNineARestartedRunEndsWithTheSameWeights() throws Exception {
    Path runFolder = folder.resolve("killed");
    for (long killAfter : new long[] {4, 8}) {
      try (ChildTrainer trainer = start(request(runFolder))) {
        trainer.await(ProcessLine.CheckpointWritten.class, line -> line.step() >= killAfter);
        trainer.kill();
      }
      Files.writeString(
          runFolder.resolve("checkpoints/step_000000099.ckpt.partial"), "an interrupted write");
    }
    try (ChildTrainer trainer = start(request(runFolder))) {
      trainer.awaitResult();
      assertThat(trainer.exitCode()).isZero();
      assertThat(trainer.lines(ProcessLine.Progress.class).get(0).step()).isGreaterThanOrEqualTo(8);
    }
    assertSameEnd(runFolder);
    assertThat(runFolder.resolve("checkpoints/step_000000099.ckpt.partial")).doesNotExist();
  }

  @Test
  void aStopCommandSavesAndARestartGoesOn() throws Exception {
    Path runFolder = folder.resolve("stopped");
    long stoppedAt;
    try (ChildTrainer trainer = start(request(runFolder))) {
      trainer.await(ProcessLine.Progress.class, line -> line.step() >= 1);
      trainer.send(new ProcessCommand.Stop());
      stoppedAt = trainer.await(ProcessLine.Stopped.class, line -> true).step();
      assertThat(trainer.exitCode()).isEqualTo(FailureClass.STOPPED_EXIT_CODE);
      assertThat(trainer.lines(ProcessLine.CheckpointWritten.class))
          .last()
          .extracting(ProcessLine.CheckpointWritten::step)
          .isEqualTo(stoppedAt);
    }
    assertThat(stoppedAt).isBetween(1L, MAX_STEPS - 1);
    try (ChildTrainer trainer = start(request(runFolder))) {
      trainer.awaitResult();
      assertThat(trainer.lines(ProcessLine.Progress.class).get(0).step()).isEqualTo(stoppedAt);
    }
    assertSameEnd(runFolder);
  }

  @Test
  void aCheckpointNowIsWrittenAndADamagedOneIsPassedOver() throws Exception {
    Path runFolder = folder.resolve("asked");
    TrainRequest request = request(runFolder, 1_000, 1_000, 1);
    Path newest;
    try (ChildTrainer trainer = start(request)) {
      trainer.await(ProcessLine.Progress.class, line -> line.step() >= 1);
      trainer.send(new ProcessCommand.CheckpointNow());
      trainer.await(ProcessLine.CheckpointWritten.class, line -> true);
      trainer.send(new ProcessCommand.CheckpointNow());
      newest = trainer.await(ProcessLine.CheckpointWritten.class, line -> true).path();
      trainer.kill();
    }
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2] ^= 1;
    Files.write(newest, bytes);
    try (ChildTrainer trainer = start(request)) {
      trainer.awaitResult();
      assertThat(trainer.lines(ProcessLine.Warning.class))
          .extracting(ProcessLine.Warning::message)
          .anySatisfy(message -> assertThat(message).contains(newest.getFileName().toString()));
      assertThat(trainer.lines(ProcessLine.Progress.class).get(0).step()).isPositive();
    }
    assertSameEnd(runFolder);
  }

  @Test
  void whenTheAgentIsGoneTheRunStopsAndSaves() throws Exception {
    Path runFolder = folder.resolve("orphaned");
    try (ChildTrainer trainer = start(request(runFolder))) {
      trainer.await(ProcessLine.Progress.class, line -> line.step() >= 1);
      trainer.closeInput();
      trainer.await(ProcessLine.Stopped.class, line -> true);
      assertThat(trainer.exitCode()).isEqualTo(FailureClass.STOPPED_EXIT_CODE);
    }
  }

  @Test
  void anotherRecipeInTheSameFolderIsRefusedWithTheField() throws Exception {
    try (ChildTrainer trainer = start(request(uninterrupted, 2, 6, 99))) {
      ProcessLine.Failed failed = trainer.await(ProcessLine.Failed.class, line -> true);
      assertThat(failed.failureClass()).isEqualTo(FailureClass.BAD_INPUT);
      assertThat(failed.message()).contains("seed");
      assertThat(trainer.exitCode()).isEqualTo(FailureClass.BAD_INPUT.exitCode());
    }
  }

  private static void assertSameEnd(Path runFolder) throws IOException {
    Checkpoint expected = last(uninterrupted);
    Checkpoint actual = last(runFolder);
    assertThat(actual.step()).isEqualTo(MAX_STEPS);
    assertThat(actual.weights()).isEqualTo(expected.weights());
    assertThat(actual.generator()).isEqualTo(expected.generator());
    assertThat(actual.discriminator()).isEqualTo(expected.discriminator());
    assertThat(actual.validation()).isEqualTo(expected.validation());
  }

  private static Checkpoint last(Path runFolder) throws IOException {
    try (Stream<Path> files = Files.list(runFolder.resolve("checkpoints"))) {
      return Checkpoint.read(files.sorted().reduce((a, b) -> b).orElseThrow());
    }
  }

  private static <T extends ProcessLine> List<T> lines(Class<T> type) {
    return uninterruptedLines.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private static ChildTrainer start(TrainRequest request) throws IOException {
    return ChildTrainer.start(request, folder);
  }

  private static TrainRequest request(Path runFolder) {
    return request(runFolder, 2, 6, 1);
  }

  private static TrainRequest request(Path runFolder, long latestEvery, long saveEvery, long seed) {
    return TrainRequest.draft("test", "tiny", dataset, runFolder)
        .maxSteps(MAX_STEPS)
        .phaseOneSteps(PHASE_ONE_STEPS)
        .validateEvery(4)
        .saveEvery(saveEvery)
        .latestEvery(latestEvery)
        .batch(2)
        .signalSamples(SIGNAL_SAMPLES)
        .seed(seed)
        .build();
  }
}
