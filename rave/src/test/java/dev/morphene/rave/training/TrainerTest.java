package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TrainerTest {
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

  @Test
  void everyParameterMovesInItsStepAndNoOther() {
    try (Trainer trainer = new Trainer(runtime, CONFIG, 5, false)) {
      trainer.measureReceptiveField();
      Map<String, TensorData> start = trainer.snapshot().weights();

      assertThat(trainer.step(0, batches.training(0)).finite()).isTrue();
      Map<String, TensorData> represented = trainer.snapshot().weights();
      assertThat(moved(start, represented, this::generator))
          .isEqualTo(count(start, this::generator));
      assertThat(moved(start, represented, path -> !generator(path))).isZero();

      // Step 4 is divisible by four: the discriminators' turn.
      assertThat(trainer.schedule().kind(4)).isEqualTo(TrainingSchedule.Kind.DISCRIMINATOR);
      assertThat(trainer.step(4, batches.training(4)).finite()).isTrue();
      Map<String, TensorData> judged = trainer.snapshot().weights();
      assertThat(moved(represented, judged, TrainerTest::judge))
          .isEqualTo(count(start, TrainerTest::judge));
      assertThat(moved(represented, judged, path -> !path.startsWith("discriminator."))).isZero();

      assertThat(trainer.schedule().kind(5)).isEqualTo(TrainingSchedule.Kind.GENERATOR);
      assertThat(trainer.step(5, batches.training(5)).finite()).isTrue();
      Map<String, TensorData> rebuilt = trainer.snapshot().weights();
      assertThat(moved(judged, rebuilt, path -> path.startsWith("decoder.")))
          .isEqualTo(count(start, path -> path.startsWith("decoder.")));
      assertThat(moved(judged, rebuilt, path -> !path.startsWith("decoder."))).isZero();
    }
  }

  /** Scores' biases stay: in the hinge's linear part real and fake pull at them equally. */
  private static boolean judge(String path) {
    return path.startsWith("discriminator.") && !path.endsWith("net.8.bias");
  }

  private boolean generator(String path) {
    return path.startsWith("encoder.encoder") || path.startsWith("decoder.");
  }

  private static long moved(
      Map<String, TensorData> before, Map<String, TensorData> after, Predicate<String> which) {
    return before.keySet().stream()
        .filter(which)
        .filter(path -> !before.get(path).equals(after.get(path)))
        .count();
  }

  private static long count(Map<String, TensorData> tensors, Predicate<String> which) {
    return tensors.keySet().stream().filter(which).count();
  }
}
