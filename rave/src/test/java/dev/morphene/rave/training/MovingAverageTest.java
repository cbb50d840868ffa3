package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.TrainingFeatures;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MovingAverageTest {
  private static final int SIGNAL_SAMPLES = 37_888;
  private static final RaveConfig CONFIG = RaveConfig.preset("tiny", 48_000).withPhaseOneSteps(2);

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

  private static Trainer trainer(double factor) {
    Trainer trainer =
        new Trainer(runtime, CONFIG, 5, false, TrainingFeatures.none().withAverage(factor));
    trainer.measureReceptiveField();
    return trainer;
  }

  @Test
  void itFollowsTheGeneratorAfterEveryStepAndTrainsNothingElse() {
    try (Trainer averaged = trainer(0.75);
        Trainer plain = new Trainer(runtime, CONFIG, 5, false)) {
      plain.measureReceptiveField();
      Map<String, TensorData> start = averaged.snapshot().weights();
      assertThat(averaged.snapshot().average().orElseThrow())
          .allSatisfy((name, tensor) -> assertThat(tensor).isEqualTo(start.get(name)));
      averaged.step(0, batches.training(0));
      Trainer.Snapshot first = averaged.snapshot();
      averaged.step(1, batches.training(1));
      Trainer.Snapshot second = averaged.snapshot();

      first
          .average()
          .orElseThrow()
          .forEach(
              (name, average) -> {
                float[] before = start.get(name).floats();
                float[] one = first.weights().get(name).floats();
                float[] two = second.weights().get(name).floats();
                float[] later = second.average().orElseThrow().get(name).floats();
                boolean trained = !name.startsWith("latent_") && !name.equals("fidelity");
                for (int i = 0; i < before.length; i++) {
                  float expected = trained ? 0.75f * before[i] + 0.25f * one[i] : before[i];
                  assertThat(average.floats()[i]).isCloseTo(expected, within(1e-6f));
                  expected = trained ? 0.75f * expected + 0.25f * two[i] : before[i];
                  assertThat(later[i]).isCloseTo(expected, within(1e-6f));
                }
              });
      assertThat(first.average().orElseThrow().keySet())
          .hasSize(first.generator().firstMoments().size() + 3)
          .containsAll(first.generator().firstMoments().keySet())
          .noneMatch(name -> name.startsWith("discriminator."));

      plain.step(0, batches.training(0));
      plain.step(1, batches.training(1));
      assertThat(plain.snapshot().weights()).isEqualTo(second.weights());
      assertThat(plain.snapshot().average()).isEmpty();
    }
  }

  @Test
  void itTakesTheModelsPlaceWithAnAnalysisOfItsOwnAndGivesItBackExactly() {
    try (Trainer trainer = trainer(0.9)) {
      trainer.step(0, batches.training(0));
      trainer.step(1, batches.training(1));
      Trainer.Snapshot before = trainer.snapshot();
      Validator validator = new Validator(trainer, batches);
      double raw = validator.validate(true, () -> false).orElseThrow().distance();
      Map<String, TensorData> analysed = trainer.snapshot().weights();
      double average =
          trainer
              .withAverage(() -> validator.validate(true, () -> false))
              .map(Validator.Result::distance)
              .orElseThrow();
      Trainer.Snapshot after = trainer.snapshot();

      assertThat(average).isNotEqualTo(raw);
      assertThat(after.weights()).isEqualTo(analysed);
      Map<String, TensorData> averaged = after.average().orElseThrow();
      assertThat(averaged.get("latent_mean"))
          .isNotEqualTo(before.average().orElseThrow().get("latent_mean"))
          .isNotEqualTo(analysed.get("latent_mean"));
      before
          .generator()
          .firstMoments()
          .keySet()
          .forEach(
              name ->
                  assertThat(averaged.get(name))
                      .isEqualTo(before.average().orElseThrow().get(name)));
      assertThatThrownBy(
              () ->
                  trainer.withAverage(
                      () -> {
                        throw new IllegalArgumentException("interrupted");
                      }))
          .hasMessage("interrupted");
      assertThat(trainer.snapshot()).isEqualTo(after);
    }
  }

  @Test
  void aRestoredRunGoesOnExactly() {
    try (Trainer one = trainer(0.9);
        Trainer other = trainer(0.9)) {
      one.step(0, batches.training(0));
      other.restore(one.snapshot());
      one.step(1, batches.training(1));
      other.step(1, batches.training(1));
      assertThat(other.snapshot()).isEqualTo(one.snapshot());
    }
  }

  @Test
  void aRunWithoutAnAverageHasNothingToExchange() {
    try (Trainer plain = new Trainer(runtime, CONFIG, 5, false)) {
      assertThat(plain.hasAverage()).isFalse();
      assertThatThrownBy(() -> plain.withAverage(Optional::empty))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
