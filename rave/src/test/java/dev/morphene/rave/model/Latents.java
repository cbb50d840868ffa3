package dev.morphene.rave.model;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TensorData;
import java.util.Random;

/** What the tests of latent spaces have in common. */
final class Latents {
  private Latents() {}

  /** A module with the encoder of a model before its first step, to be called with its outputs. */
  static ScriptModule.Builder encoder(RaveConfig config) {
    return encoder(ModelWeights.initial(config, 1), Form.TRAINING);
  }

  static ScriptModule.Builder encoder(ModelWeights weights, Form form) {
    return ScriptModule.builder("__torch__.test.Latent")
        .child("encoder", RaveNetwork.of(weights, form).encoder())
        .methods(
            """
            def mean(self, raw: Tensor) -> Tensor:
              return torch.contiguous(self.encoder.mean(raw))
            def deviation(self, raw: Tensor) -> Tensor:
              return torch.contiguous(self.encoder.deviation(raw))
            def sample(self, raw: Tensor) -> Tensor:
              return torch.contiguous(self.encoder.sample(raw)[0])
            def regulariser(self, raw: Tensor) -> float:
              return float(self.encoder.sample(raw)[1])
            def complete(self, latent: Tensor) -> Tensor:
              return self.encoder.complete(latent)
            """);
  }

  static TensorData normal(long seed, double shift, int batch, int channels, int frames) {
    Random random = new Random(seed);
    float[] data = new float[batch * channels * frames];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) (random.nextGaussian() + shift);
    }
    return TensorData.ofFloats(data, batch, channels, frames);
  }
}
