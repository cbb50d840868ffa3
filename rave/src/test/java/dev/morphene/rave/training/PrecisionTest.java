package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.Precision;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.process.TrainingFeatures;
import dev.morphene.rave.torch.TorchRuntime;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training in bf16 beside the same training in fp32. */
class PrecisionTest {
  private static final int SIGNAL_SAMPLES = 37_888;

  /** bf16 rounds each value by at most 2^-9 of itself; a step is some forty convolutions. */
  private static final double LOSS_PERCENT = 2;

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

  private static Trainer trainer(RaveConfig config, Precision precision) {
    return new Trainer(runtime, config, 5, false, TrainingFeatures.none().with(precision));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2", "v2_small+causal"})
  void everyStepHasTheLossesOfFullPrecisionToWithinItsRounding(String preset) {
    RaveConfig config = StepCheck.shrunken(RaveConfig.preset(preset, 48_000)).withPhaseOneSteps(1);
    try (Trainer full = trainer(config, Precision.FP32);
        Trainer half = trainer(config, Precision.BF16)) {
      assertThat(half.measureReceptiveField()).isEqualTo(full.measureReceptiveField());
      assertThat(half.validate(0, batches.validation(0)))
          .isEqualTo(full.validate(0, batches.validation(0)));
      for (long step : new long[] {0, 1, 4}) {
        StepLosses expected = full.step(step, batches.training(step));
        StepLosses losses = half.step(step, batches.training(step));
        assertThat(losses.total())
            .as("%s %s", full.schedule().kind(step), losses)
            .isCloseTo(expected.total(), withinPercentage(LOSS_PERCENT))
            .isNotEqualTo(expected.total());
      }
    }
  }

  @Test
  void onAProcessorItIsDoubted() {
    TrainRequest request =
        TrainRequest.draft("test", "tiny", Path.of("data"), Path.of("run")).build();
    TrainRequest half = request.with(TrainingFeatures.none().with(Precision.BF16));
    assertThat(TrainRunner.doubt(half).orElseThrow()).contains("--precision").endsWith(".");
    assertThat(TrainRunner.doubt(request)).isEmpty();
    assertThat(TrainRunner.doubt(half.toDraft().device("cuda:0").build())).isEmpty();
  }

  @Test
  void itLearnsAsFullPrecisionDoes() {
    RaveConfig config = RaveConfig.preset("tiny", 48_000).withPhaseOneSteps(1_000);
    try (Trainer full = trainer(config, Precision.FP32);
        Trainer half = trainer(config, Precision.BF16)) {
      TensorData held = batches.validation(0);
      double before = full.validate(0, held).distance();
      for (Trainer trainer : new Trainer[] {full, half}) {
        trainer.measureReceptiveField();
        for (long step = 0; step < 25; step++) {
          assertThat(trainer.step(step, batches.training(step)).finite()).isTrue();
        }
      }
      double expected = full.validate(0, held).distance();
      double distance = half.validate(0, held).distance();
      assertThat(expected).isLessThan(0.9 * before);
      assertThat(before - distance).isCloseTo(before - expected, withinPercentage(10));
    }
  }
}
