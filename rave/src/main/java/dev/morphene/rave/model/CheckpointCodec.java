package dev.morphene.rave.model;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.audit.LatentCodec;
import dev.morphene.rave.torch.OneDnnComparison;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.Arrays;
import java.util.List;

/**
 * A model as it is heard in an audit: offline, deterministic, all latent dimensions, no rotation to
 * principal components. Not thread safe. The runtime stays the caller's.
 */
public final class CheckpointCodec implements LatentCodec, AutoCloseable {
  /** Noise branches and noise channels draw the same noise every time, another for each part. */
  private static final long NOISE_SEED = 1;

  /**
   * Longer signals are done in parts of about 11 s. Where malloc hands large memory back to the
   * kernel, as it does unless told to keep it, parts four times as long take three times as long;
   * in much shorter ones the frames around each part weigh more.
   */
  private static final int BLOCK_SAMPLES = 1 << 19;

  private final RaveConfig config;
  private final TorchRuntime runtime;
  private final TorchModule module;
  private final OneDnnComparison oneDnn;
  private final int blockFrames;
  private final int contextFrames;

  /** Loads a model; mono ones are heard as they are, others on all channels alike. */
  public CheckpointCodec(TorchRuntime runtime, ModelWeights weights) {
    this(runtime, weights, BLOCK_SAMPLES);
  }

  CheckpointCodec(TorchRuntime runtime, ModelWeights weights, int blockSamples) {
    this.runtime = runtime;
    this.config = weights.config();
    this.blockFrames = blockSamples / config.compressionRatio();
    this.contextFrames = RaveArchitecture.of(config).contextFrames();
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
                      x = self.pqmf.inverse(self.decoder.forward(self.encoder.complete(z)))
                      return torch.mean(x, [1])
                    """)
                .build(),
            false);
    this.oneDnn = new OneDnnComparison(runtime);
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
    float[][] latents = new float[latentSize()][frames];
    for (int start = 0; start < frames; start += blockFrames) {
      Part part = new Part(start, frames);
      float[] audio = Arrays.copyOfRange(padded, part.from * ratio, part.to * ratio);
      float[] means = call("encode", TensorData.ofFloats(audio, 1, 1, audio.length), NOISE_SEED);
      for (int i = 0; i < latents.length; i++) {
        int source = i * (part.to - part.from) + start - part.from;
        System.arraycopy(means, source, latents[i], start, part.end - start);
      }
    }
    return latents;
  }

  @Override
  public float[] decode(float[][] latents) {
    if (latents.length != latentSize()) {
      throw new IllegalArgumentException(
          "This model has " + latentSize() + " latent dimensions, not " + latents.length + ".");
    }
    int ratio = compressionRatio();
    int frames = latents[0].length;
    float[] audio = new float[frames * ratio];
    for (int start = 0; start < frames; start += blockFrames) {
      Part part = new Part(start, frames);
      int length = part.to - part.from;
      float[] data = new float[latents.length * length];
      for (int i = 0; i < latents.length; i++) {
        System.arraycopy(latents[i], part.from, data, i * length, length);
      }
      float[] decoded =
          call("decode", TensorData.ofFloats(data, 1, latents.length, length), NOISE_SEED + start);
      int source = (start - part.from) * ratio;
      System.arraycopy(decoded, source, audio, start * ratio, (part.end - start) * ratio);
    }
    return audio;
  }

  private float[] call(String method, TensorData input, long seed) {
    long[] shape = input.shape();
    return oneDnn
        .run(
            method + Arrays.toString(shape),
            () -> List.of(call(method, OneDnnComparison.noise(shape))),
            () -> {
              runtime.seed(seed);
              return call(method, input);
            })
        .floats();
  }

  private TensorData call(String method, TensorData input) {
    return module.run(method, false, ScriptValue.of(input)).asTensor();
  }

  /** A part of the result up to a frame {@code end}, computed from more frames than it has. */
  private final class Part {
    private final int end;
    private final int from;
    private final int to;

    Part(int start, int frames) {
      this.end = Math.min(frames, start + blockFrames);
      this.from = Math.max(0, start - contextFrames);
      this.to = Math.min(frames, end + contextFrames);
    }
  }

  @Override
  public void close() {
    module.close();
  }
}
