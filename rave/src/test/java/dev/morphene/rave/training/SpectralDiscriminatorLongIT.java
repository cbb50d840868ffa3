package dev.morphene.rave.training;

import dev.morphene.rave.model.DiscriminatorConfig;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.torch.TorchRuntime;
import org.junit.jupiter.api.Test;

/** Its spectra have no smaller form, so that a step takes seconds. */
class SpectralDiscriminatorLongIT {

  @Test
  void everyParameterMovesInItsStepAndNoOther() {
    int samples = 37_888;
    BatchSource batches = new BatchSource(new SyntheticItems(6, 2 * samples), 2, samples, 1);
    try (TorchRuntime runtime = TorchRuntime.open("cpu", 2)) {
      StepCheck.everyParameterMovesInItsStepAndNoOther(
          runtime,
          batches,
          StepCheck.shrunken(RaveConfig.preset("tiny", 48_000))
              .withDiscriminator(DiscriminatorConfig.spectral(2, 1)));
    }
  }
}
