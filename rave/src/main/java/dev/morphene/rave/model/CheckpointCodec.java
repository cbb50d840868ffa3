package dev.morphene.rave.model;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.audit.LatentCodec;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.Arrays;

/**
 * A model as it is heard in an audit: offline, deterministic, all latent dimensions, no rotation to
 * principal components. Not thread safe. The runtime stays the caller's.
 */
public final class CheckpointCodec implements LatentCodec, AutoCloseable {
  /** Decoders with a noise branch draw the same noise every time. */
  private static final long NOISE_SEED = 1;

  private final TorchRuntime runtime;
  private final RaveConfig config;
  private final TorchModule module;

  /** Loads a model; mono ones are heard as they are, others on all channels alike. */
  public CheckpointCodec(TorchRuntime runtime, ModelWeights weights) {
    this.runtime = runtime;
    this.config = weights.config();
    RaveNetwork network = RaveNetwork.of(weights, Form.OFFLINE);
    this.module =
        runtime.load(
            ScriptModule.builder("__torch__.morphene.rave.Codec")
                .child("pqmf", network.pqmf())
                .child("encoder", network.encoder())
                .child("decoder", network.decoder())
                .attribute("channels", ScriptValue.of(config.channels()))
                .methods(
                    """
                    def encode(self, x: Tensor) -> Tensor:
                      x = torch.expand(x, [-1, self.channels, -1])
                      raw = self.encoder.forward(self.pqmf.forward(x))
                      return torch.contiguous(self.encoder.mean(raw))
                    def decode(self, z: Tensor) -> Tensor:
                      x = self.pqmf.inverse(self.decoder.forward(z))
                      return torch.mean(x, [1])
                    """)
                .build(),
            false);
  }

  @Override
  public int samplingRateHz() {
    return config.samplingRateHz();
  }

  @Override
  public int compressionRatio() {
    return config.compressionRatio();
  }

  @Override
  public int latentSize() {
    return config.latentSize();
  }

  /** The last frame is filled up with silence. */
  @Override
  public float[][] encode(float[] samples) {
    int ratio = compressionRatio();
    int frames = Math.max(1, (samples.length + ratio - 1) / ratio);
    float[] padded = Arrays.copyOf(samples, frames * ratio);
    TensorData audio = TensorData.ofFloats(padded, 1, 1, padded.length);
    float[] means = module.run("encode", false, ScriptValue.of(audio)).asTensor().floats();
    float[][] latents = new float[latentSize()][];
    for (int i = 0; i < latents.length; i++) {
      latents[i] = Arrays.copyOfRange(means, i * frames, (i + 1) * frames);
    }
    return latents;
  }

  @Override
  public float[] decode(float[][] latents) {
    if (latents.length != latentSize()) {
      throw new IllegalArgumentException(
          "This model has " + latentSize() + " latent dimensions, not " + latents.length + ".");
    }
    int frames = latents[0].length;
    float[] data = new float[latents.length * frames];
    for (int i = 0; i < latents.length; i++) {
      System.arraycopy(latents[i], 0, data, i * frames, frames);
    }
    runtime.seed(NOISE_SEED);
    TensorData z = TensorData.ofFloats(data, 1, latents.length, frames);
    return module.run("decode", false, ScriptValue.of(z)).asTensor().floats();
  }

  @Override
  public void close() {
    module.close();
  }
}
