package dev.morphene.rave.audit;

/**
 * A checkpoint seen from the audit: sound to latents and back. An implementation that also is
 * {@link AutoCloseable} is closed after use.
 */
public interface LatentCodec {
  /** Rate of the samples on both sides, Hz. */
  int samplingRateHz();

  /** Samples for each latent frame. */
  int compressionRatio();

  /** Latents in a frame. */
  int latentSize();

  /**
   * The latent means of a mono sound; two calls with the same samples give the same latents.
   *
   * @param samples mono, full scale 1; a multiple of {@link #compressionRatio()} in length
   * @return {@link #latentSize()} rows of {@code samples.length / compressionRatio()} frames
   */
  float[][] encode(float[] samples);

  /**
   * The sound of latents.
   *
   * @param latents as {@link #encode} returns them
   * @return mono samples, {@link #compressionRatio()} for each frame
   */
  float[] decode(float[][] latents);
}
