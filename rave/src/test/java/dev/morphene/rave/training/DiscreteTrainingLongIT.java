package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.LatentSpace;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Encoder, codebooks and decoder find together. */
class DiscreteTrainingLongIT {
  private static final int SAMPLES = 24_576;
  private static final int CODES = 16;
  private static final long STEPS = 200;

  @Test
  void codesStayInUseWhileTheDistanceFalls() {
    RaveConfig config =
        StepCheck.shrunken(RaveConfig.preset("tiny", 48_000))
            .withLatent(8, new LatentSpace(LatentSpace.Kind.DISCRETE, 4, 3, CODES))
            .withPhaseOneSteps(STEPS);
    BatchSource batches = new BatchSource(new SyntheticItems(6, 2 * SAMPLES), 2, SAMPLES, 1);
    try (TorchRuntime runtime = TorchRuntime.open("cpu", 2);
        Trainer trainer = new Trainer(runtime, config, 5, false)) {
      trainer.measureReceptiveField();
      trainer.step(0, batches.training(0));
      double before = trainer.validate(0, batches.validation(0)).distance();
      for (long step = 1; step < STEPS; step++) {
        assertThat(trainer.step(step, batches.training(step)).finite()).isTrue();
      }
      double after = trainer.validate(0, batches.validation(0)).distance();
      assertThat(after).isLessThan(0.85 * before);
      Map<String, TensorData> weights = trainer.snapshot().weights();
      for (int stage = 0; stage < 3; stage++) {
        float[] uses =
            weights.get("encoder.rvq.layers." + stage + "._codebook.cluster_size").floats();
        assertThat(uses).hasSize(CODES);
        int used = 0;
        for (float count : uses) {
          // A new code begins with 4; less than 2 is dead.
          assertThat(count).isGreaterThanOrEqualTo(2f * 0.99f);
          used += count > 4 ? 1 : 0;
        }
        assertThat(used).as("well used codes of stage %d", stage).isGreaterThan(CODES / 2);
      }
    }
  }
}
