package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.model.SmallConfigs;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What only v1 has: batch normalisation, and noise that waits for the second phase. */
class FirstGenerationTest {
  private static final int SIGNAL_SAMPLES = 18_432;
  private static final RaveConfig CONFIG = SmallConfigs.narrow("v1", 4).withPhaseOneSteps(1);
  private static final List<String> STATISTICS =
      List.of("running_mean", "running_var", "num_batches_tracked");

  private static TorchRuntime runtime;
  private static BatchSource batches;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 2);
    batches = new BatchSource(new SyntheticItems(6, 2 * SIGNAL_SAMPLES), 2, SIGNAL_SAMPLES, 1);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  private static boolean statistic(String path) {
    return path.startsWith("encoder.") && STATISTICS.stream().anyMatch(path::endsWith);
  }

  private static boolean noise(String path) {
    return path.startsWith("decoder.synth.branches.2.net.");
  }

  @Test
  void statisticsAreLearnedInEveryStepAndNoiseInTheSecondPhase() {
    try (Trainer trainer = new Trainer(runtime, CONFIG, 5, false)) {
      Map<String, TensorData> start = trainer.snapshot().weights();
      assertThat(trainer.step(0, batches.training(0)).finite()).isTrue();
      Map<String, TensorData> represented = trainer.snapshot().weights();
      represented.forEach(
          (path, tensor) -> {
            if (statistic(path)) {
              assertThat(tensor).as(path).isNotEqualTo(start.get(path));
            } else if (noise(path) || path.equals("decoder.warmed_up")) {
              assertThat(tensor).as(path).isEqualTo(start.get(path));
            } else if (path.startsWith("encoder.encoder.") || path.startsWith("decoder.net.")) {
              assertThat(tensor).as(path).isNotEqualTo(start.get(path));
            }
          });

      assertThat(trainer.schedule().kind(1)).isEqualTo(TrainingSchedule.Kind.GENERATOR);
      assertThat(trainer.step(1, batches.training(1)).finite()).isTrue();
      Map<String, TensorData> rebuilt = trainer.snapshot().weights();
      assertThat(rebuilt.get("decoder.warmed_up")).isEqualTo(TensorData.scalar(1L));
      rebuilt.forEach(
          (path, tensor) -> {
            if (statistic(path) || noise(path)) {
              assertThat(tensor).as(path).isNotEqualTo(represented.get(path));
            } else if (path.startsWith("encoder.encoder.")) {
              assertThat(tensor).as(path).isEqualTo(represented.get(path));
            }
          });
    }
  }

  @Test
  void measuringAndValidatingLearnNothing() {
    try (Trainer trainer = new Trainer(runtime, CONFIG, 5, false)) {
      Map<String, TensorData> before = trainer.snapshot().weights();
      ReceptiveField field = trainer.measureReceptiveField();
      assertThat(field).isEqualTo(new ReceptiveField(24_109, 22_060));
      trainer.validate(0, batches.training(0));
      Map<String, TensorData> after = trainer.snapshot().weights();
      before.forEach(
          (path, tensor) -> {
            if (statistic(path)) {
              assertThat(after.get(path)).as(path).isEqualTo(tensor);
            }
          });
    }
  }

  @Test
  void aBatchThatIsNoNumberLeavesNoTrace() {
    try (Trainer trainer = new Trainer(runtime, CONFIG, 5, false)) {
      float[] poisoned = new float[SIGNAL_SAMPLES];
      poisoned[9_000] = Float.NaN;
      Trainer.Snapshot before = trainer.snapshot();
      assertThat(trainer.step(0, TensorData.ofFloats(poisoned, 1, 1, SIGNAL_SAMPLES)).finite())
          .isFalse();
      assertThat(trainer.snapshot()).isEqualTo(before);
    }
  }
}
