package dev.morphene.rave.audit;

/** A model that turns mono audio into latents and back. */
public interface LatentCodec {
  int samplingRateHz();

  /** Audio samples of one latent frame. */
  int compressionRatio();

  int latentSize();

  /** Latent means, [dimension][frame]. */
  float[][] encode(float[] samples);

  /** Audio of {@code frames * compressionRatio()} samples from latents, [dimension][frame]. */
  float[] decode(float[][] latents);
}
