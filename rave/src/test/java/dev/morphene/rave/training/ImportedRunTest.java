package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.rave.checkpoint.Checkpoint;
import dev.morphene.rave.checkpoint.OfficialCheckpointWriter;
import dev.morphene.rave.checkpoint.OfficialImport;
import dev.morphene.rave.checkpoint.ValidationRecord;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.torch.TorchRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that left in the official layout goes on after its return as if it had stayed. */
class ImportedRunTest {
  private static final int SIGNAL_SAMPLES = 37_888;
  private static final RaveConfig CONFIG = RaveConfig.preset("tiny", 48_000).withPhaseOneSteps(2);

  @TempDir Path folder;

  @Test
  void trainingGoesOnFromAnOfficialCheckpoint() throws Exception {
    BatchSource batches =
        new BatchSource(new SyntheticItems(6, 2 * SIGNAL_SAMPLES), 2, SIGNAL_SAMPLES, 1);
    Path file = folder.resolve("epoch-epoch=0001.ckpt");
    Files.writeString(folder.resolve("config.gin"), "SAMPLING_RATE = 48000\nPHASE_1_DURATION = 2");
    try (TorchRuntime runtime = TorchRuntime.open("cpu", 2)) {
      StepLosses expected;
      Trainer.Snapshot left;
      try (Trainer trainer = new Trainer(runtime, CONFIG, 5, false)) {
        trainer.measureReceptiveField();
        for (long step : List.of(0L, 1L, 4L)) {
          trainer.step(step, batches.training(step));
        }
        left = trainer.snapshot();
        OfficialCheckpointWriter.write(
            file,
            new Checkpoint(
                "glass",
                5,
                2,
                5,
                1,
                0,
                CONFIG,
                Map.of(),
                left.weights(),
                left.generator(),
                left.discriminator(),
                ValidationRecord.none()));
        expected = trainer.step(5, batches.training(5));
      }
      Checkpoint back = OfficialImport.read(file).checkpoint();
      assertThat(back.step()).isEqualTo(5);
      try (Trainer trainer = new Trainer(runtime, CONFIG, 5, false)) {
        trainer.restore(
            new Trainer.Snapshot(
                back.weights(), back.generator(), back.discriminator(), back.average()));
        Trainer.Snapshot restored = trainer.snapshot();
        assertThat(restored.weights()).isEqualTo(left.weights());
        assertThat(restored.generator()).isEqualTo(left.generator());
        assertThat(restored.discriminator()).isEqualTo(left.discriminator());
        assertThat(trainer.step(5, batches.training(5)).parts()).isEqualTo(expected.parts());
      }
    }
  }

  @Test
  void whatAnImportDoesNotTellMayBeAnything() {
    Map<String, String> told =
        new LinkedHashMap<>(Map.of("config", "tiny", OfficialImport.ORIGIN, "a.ckpt"));
    RunRecipe.checkContinues(
        told, Map.of("config", "tiny", "seed", "3", "ema", "0.5"), warning -> {});
    assertThatThrownBy(() -> RunRecipe.checkContinues(told, Map.of("config", "v2"), warning -> {}))
        .isInstanceOf(JobFailure.class);
    told.put("ema", "none");
    assertThatThrownBy(() -> RunRecipe.checkContinues(told, Map.of("ema", "0.5"), warning -> {}))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("ema");
    told.remove(OfficialImport.ORIGIN);
    assertThatThrownBy(() -> RunRecipe.checkContinues(told, Map.of("seed", "3"), warning -> {}))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("seed");
  }
}
