package dev.morphene.rave.audit;

import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * A codec whose latents are the wave form itself, late and altered as a test wants. A morph of it
 * is a crossfade.
 */
public final class WaveCodec implements LatentCodec, CodecLoader {
  private static final int RATIO = 64;
  private final int samplingRateHz;
  private final int delaySamples;
  private final UnaryOperator<float[]> fault;

  public WaveCodec(int samplingRateHz, int delaySamples, UnaryOperator<float[]> fault) {
    this.samplingRateHz = samplingRateHz;
    this.delaySamples = delaySamples;
    this.fault = fault;
  }

  public static AuditRunner audit(
      int samplingRateHz, int delaySamples, UnaryOperator<float[]> fault) {
    return new AuditRunner(new WaveCodec(samplingRateHz, delaySamples, fault));
  }

  @Override
  public <T> T use(Path checkpoint, boolean averaged, int threads, Use<T> use) throws Exception {
    return use.with(this);
  }

  @Override
  public int samplingRateHz() {
    return samplingRateHz;
  }

  @Override
  public int compressionRatio() {
    return RATIO;
  }

  @Override
  public int latentSize() {
    return RATIO;
  }

  @Override
  public float[][] encode(float[] samples) {
    if (samples.length % RATIO != 0) {
      throw new AssertionError(samples.length + " samples are no whole frames");
    }
    float[][] latents = new float[RATIO][samples.length / RATIO];
    for (int index = 0; index < samples.length; index++) {
      latents[index % RATIO][index / RATIO] = samples[index];
    }
    return latents;
  }

  @Override
  public float[] decode(float[][] latents) {
    float[] samples = new float[RATIO * latents[0].length];
    for (int index = delaySamples; index < samples.length; index++) {
      int source = index - delaySamples;
      samples[index] = latents[source % RATIO][source / RATIO];
    }
    return fault.apply(samples);
  }
}
