package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.checkpoint.Checkpoint;
import dev.morphene.rave.checkpoint.TrainedModel;
import dev.morphene.rave.dataset.DatasetWriter;
import dev.morphene.rave.export.InstrumentExport;
import dev.morphene.rave.export.InstrumentOptions;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.ProcessCommand;
import dev.morphene.rave.process.ProcessLine;
import dev.morphene.rave.process.TrainRequest;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A config that is delivered, not only the tiny one, through real child processes. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class SmallModelProcessLongIT {
  private static final int SIGNAL_SAMPLES = 40_960;
  private static final long MAX_STEPS = 6;
  private static final long PHASE_ONE_STEPS = 2;

  @TempDir Path folder;

  @Test
  void theSmallModelGoesOnInPhaseTwoAfterAStopAndIsExported() throws Exception {
    Path dataset = folder.resolve("dataset");
    SyntheticItems items = new SyntheticItems(6, 2 * SIGNAL_SAMPLES);
    try (DatasetWriter writer =
        DatasetWriter.create(dataset, 1, items.samplingRateHz(), items.chunkSamples())) {
      for (int i = 0; i < items.size(); i++) {
        writer.append(items.read(i));
      }
      writer.finish();
    }
    TrainRequest straight = request(dataset, "straight", items.samplingRateHz());
    try (ChildTrainer trainer = ChildTrainer.start(straight, folder)) {
      trainer.awaitResult();
    }
    TrainRequest stopped = request(dataset, "stopped", items.samplingRateHz());
    try (ChildTrainer trainer = ChildTrainer.start(stopped, folder)) {
      trainer.await(ProcessLine.CheckpointWritten.class, line -> line.step() == PHASE_ONE_STEPS);
      trainer.send(new ProcessCommand.Stop());
      trainer.await(ProcessLine.Stopped.class, line -> line.step() >= PHASE_ONE_STEPS);
      assertThat(trainer.exitCode()).isEqualTo(FailureClass.STOPPED_EXIT_CODE);
    }
    try (ChildTrainer trainer = ChildTrainer.start(stopped, folder)) {
      assertThat(trainer.awaitResult().get("steps").asLong()).isEqualTo(MAX_STEPS);
      assertThat(trainer.exitCode()).isZero();
    }
    Path last = last(stopped);
    Checkpoint checkpoint = Checkpoint.read(last);
    assertThat(checkpoint.phase()).isEqualTo(2);
    assertThat(checkpoint).isEqualTo(Checkpoint.read(last(straight)));

    TrainedModel model = TrainedModel.read(last);
    ModelWeights weights = ModelWeights.of(model.config(), model.weights());
    assertThat(model.weights()).hasSizeLessThan(checkpoint.weights().size());
    InstrumentExport export =
        InstrumentExport.write(
            folder.resolve("small.ts"), weights, InstrumentOptions.of(true, 0.95));
    assertThat(export.latentSize()).isBetween(1, model.config().latentSize());
  }

  private static Path last(TrainRequest request) {
    return request
        .runFolder()
        .resolve("checkpoints")
        .resolve("step_00000000" + MAX_STEPS + ".ckpt");
  }

  private TrainRequest request(Path dataset, String run, int samplingRateHz) {
    return TrainRequest.draft("violin", "v2_small", dataset, folder.resolve(run))
        .samplingRateHz(samplingRateHz)
        .maxSteps(MAX_STEPS)
        .phaseOneSteps(PHASE_ONE_STEPS)
        .validateEvery(2)
        .saveEvery(2)
        .latestEvery(2)
        .batch(1)
        .signalSamples(SIGNAL_SAMPLES)
        .seed(7)
        .build();
  }
}
