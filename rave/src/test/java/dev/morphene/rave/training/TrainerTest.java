package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.DiscriminatorConfig;
import dev.morphene.rave.model.LatentSpace;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainerTest {
  private static final int SIGNAL_SAMPLES = 24_576;

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

  static List<RaveConfig> configs() {
    RaveConfig small = StepCheck.shrunken(RaveConfig.preset("tiny", 48_000));
    return List.of(
        small,
        StepCheck.shrunken(RaveConfig.preset("tiny+wasserstein", 48_000)),
        StepCheck.shrunken(RaveConfig.preset("tiny+spherical", 48_000)),
        small.withLatent(8, new LatentSpace(LatentSpace.Kind.DISCRETE, 4, 3, 16)),
        StepCheck.shrunken(RaveConfig.preset("v1", 48_000))
            .withDiscriminator(DiscriminatorConfig.convolutional(4, List.of(), 3)),
        StepCheck.shrunken(RaveConfig.preset("v3", 48_000))
            .withDiscriminator(
                new DiscriminatorConfig(2, List.of(2, 5), 2, DiscriminatorConfig.Kind.DESCRIPT)));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void everyParameterMovesInItsStepAndNoOther(RaveConfig config) {
    StepCheck.everyParameterMovesInItsStepAndNoOther(runtime, batches, config);
  }

  @Test
  void stepsOfTheFirstPhaseBringTheDistanceDown() {
    for (RaveConfig config : configs().subList(0, 4)) {
      try (Trainer trainer = new Trainer(runtime, config.withPhaseOneSteps(100), 5, false)) {
        trainer.measureReceptiveField();
        TensorData batch = batches.training(0);
        double first = distance(trainer.step(0, batch));
        double last = first;
        for (int step = 1; step < 8; step++) {
          last = distance(trainer.step(step, batch));
        }
        assertThat(last).as(config.latent().toString()).isLessThan(0.95 * first);
      }
    }
  }

  /** Codebooks are part of what a checkpoint keeps. */
  @Test
  void aDiscreteModelGoesOnFromItsSnapshot() {
    RaveConfig config = configs().get(3).withPhaseOneSteps(3);
    try (Trainer straight = new Trainer(runtime, config, 5, false);
        Trainer resumed = new Trainer(runtime, config, 6, false)) {
      straight.measureReceptiveField();
      for (int step = 0; step < 2; step++) {
        straight.step(step, batches.training(step));
      }
      resumed.restore(straight.snapshot());
      assertThat(resumed.snapshot()).isEqualTo(straight.snapshot());
      for (int number = 0; number < 2; number++) {
        // Of another seed, so that both are asked without their draws of noise: the means.
        TensorData batch = batches.training(number);
        assertThat(resumed.validate(number, batch).latentMeans())
            .isEqualTo(straight.validate(number, batch).latentMeans());
      }
    }
  }

  private static double distance(StepLosses losses) {
    return losses.parts().get("multiband_spectral_distance")
        + losses.parts().get("fullband_spectral_distance");
  }

  /** What 2.3 does: what is weighted is weighted again. */
  @Test
  void weightsOfTheAdversarialPhaseAreSquaredWhenAsked() {
    RaveConfig config =
        StepCheck.shrunken(RaveConfig.preset("tiny+wasserstein", 48_000)).withPhaseOneSteps(1);
    Map<String, Double> once = adversarial(config, false);
    Map<String, Double> twice = adversarial(config, true);
    assertThat(twice.get("feature_matching"))
        .isCloseTo(20 * once.get("feature_matching"), withinPercentage(0.01));
    assertThat(twice.get("adversarial"))
        .isCloseTo(2 * once.get("adversarial"), withinPercentage(0.01));
    double total =
        2 * once.get("multiband_spectral_distance")
            + 2 * once.get("fullband_spectral_distance")
            + once.get("feature_matching")
            + once.get("adversarial");
    assertThat(once.get("total")).isCloseTo(total, withinPercentage(0.01));
  }

  private static Map<String, Double> adversarial(RaveConfig config, boolean twice) {
    try (Trainer trainer = new Trainer(runtime, config, 5, twice)) {
      trainer.measureReceptiveField();
      StepLosses losses = trainer.step(1, batches.training(0));
      Map<String, Double> parts = new HashMap<>(losses.parts());
      parts.put("total", losses.total());
      return parts;
    }
  }
}
