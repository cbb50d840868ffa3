package dev.morphene.rave.audio;

import java.io.IOException;

/** Measures loudness and true peak with FFmpeg's ebur128 filter. For one thread. */
public final class LoudnessMeter implements AutoCloseable {
  private final FilterChain chain;

  public LoudnessMeter(SampleFormat format) {
    chain =
        FilterChain.ofSamples(
            format, "ebur128@meter=peak=true:framelog=quiet", format, channels -> {});
  }

  /** Measures a whole mono sound. */
  public static Loudness measure(float[] mono, int samplingRateHz) {
    try (LoudnessMeter meter = new LoudnessMeter(new SampleFormat(samplingRateHz, 1))) {
      meter.accept(new float[][] {mono});
      return meter.finish();
    } catch (IOException impossible) {
      throw new IllegalStateException("The meter writes no file", impossible);
    }
  }

  /**
   * @param channels one array for each channel
   */
  public void accept(float[][] channels) throws IOException {
    chain.push(channels);
  }

  /** The figures of all that was accepted; nothing can be accepted afterwards. */
  public Loudness finish() throws IOException {
    chain.finish();
    return new Loudness(
        chain.figure("ebur128@meter", "integrated"), chain.figure("ebur128@meter", "true_peak"));
  }

  @Override
  public void close() {
    chain.close();
  }
}
