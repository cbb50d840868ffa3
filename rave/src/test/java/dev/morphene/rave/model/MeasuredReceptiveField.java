package dev.morphene.rave.model;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.Random;

/**
 * How much input one output sample depends on, counted as the official trainer does: of a causal
 * model, whose newest samples do not come in, the right is 0 and the left only what does.
 *
 * @param leftSamples of the past
 * @param rightSamples of the present and the future
 */
record MeasuredReceptiveField(int leftSamples, int rightSamples) {
  private static final int FIRST_LENGTH_SAMPLES = 1 << 15;

  /**
   * Measures the field by back-propagation from the middle sample. In double precision, where even
   * a noise branch's faintest paths are seen, it depends on the architecture alone. Of the latent,
   * the first half of a variational encoder's outputs goes on, of all others the whole.
   */
  public static MeasuredReceptiveField measure(TorchRuntime runtime, RaveConfig config) {
    RaveNetwork network = RaveNetwork.of(ModelWeights.initial(config, 1), Form.TRAINING);
    ScriptModule whole =
        ScriptModule.builder("__torch__.morphene.rave.MeasuredReceptiveField")
            .child("pqmf", network.pqmf())
            .child("encoder", network.encoder())
            .child("decoder", network.decoder())
            .methods(
                """
                def gradient(self, audio: Tensor) -> Tensor:
                  audio = audio.requires_grad_(True)
                  for tensor in self.named_tensors().values():
                    if tensor.is_floating_point():
                      tensor.set_data(torch.to(torch.detach(tensor), 7))
                  audio = torch.to(audio, 7)
                  z = self.encoder.forward(self.pqmf.forward(audio))
                  z = torch.slice(z, 1, 0, %1$d)
                  y = self.pqmf.inverse(self.decoder.forward(torch.constant_pad_nd(z, [0, 0, 0, %2$d])))
                  middle = torch.floordiv(torch.size(y, 2), 2)
                  found = torch.grad([torch.select(torch.select(y, 2, middle), 1, 0)], [audio])
                  return torch.to(torch.ne(torch._unwrap_optional(found[0]), 0.), 6)
                """
                    .formatted(config.latentSize(), config.latent().noiseChannels()))
            .build();
    try (TorchModule module = runtime.load(whole, true)) {
      // Normalised by its own batch, every sample would depend on all others.
      module.setTraining(false);
      int length = FIRST_LENGTH_SAMPLES;
      while (true) {
        float[] gradient =
            module
                .run("gradient", true, ScriptValue.of(noise(config.channels(), length)))
                .asTensor()
                .floats();
        if (gradient[0] == 0 && gradient[length - 1] == 0) {
          return around(gradient, length);
        }
        length *= 2;
      }
    }
  }

  private static TensorData noise(int channels, int length) {
    Random random = new Random(1);
    float[] data = new float[channels * length];
    for (int i = 0; i < data.length; i++) {
      data[i] = random.nextFloat() * 2 - 1;
    }
    return TensorData.ofFloats(data, 1, channels, length);
  }

  /** Of the first channel; the others reach as far. */
  private static MeasuredReceptiveField around(float[] gradient, int length) {
    int first = 0;
    while (gradient[first] == 0) {
      first++;
    }
    int last = length - 1;
    while (gradient[last] == 0) {
      last--;
    }
    int middle = length / 2;
    return new MeasuredReceptiveField(
        Math.min(last + 1, middle) - first, Math.max(0, last + 1 - middle));
  }
}
