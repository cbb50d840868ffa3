package dev.morphene.rave.audio;

import java.io.IOException;

/** Converts mono sound to another sampling rate with FFmpeg's resampler. */
public final class Resampler {
  private Resampler() {}

  /**
   * @return the sound at {@code toHz}, {@code round(samples * toHz / fromHz)} samples to within the
   *     resampler's last block
   */
  public static float[] resample(float[] mono, int fromHz, int toHz) {
    if (fromHz == toHz || mono.length == 0) {
      return mono;
    }
    SampleBuffer buffer = new SampleBuffer();
    try (FilterChain chain =
        FilterChain.ofSamples(
            new SampleFormat(fromHz, 1),
            "aresample=" + toHz,
            new SampleFormat(toHz, 1),
            channels -> buffer.append(channels[0]))) {
      chain.push(new float[][] {mono});
      chain.finish();
    } catch (IOException impossible) {
      throw new IllegalStateException("A buffer in memory cannot fail", impossible);
    }
    return buffer.toArray();
  }
}
