package dev.morphene.rave.audit;

/**
 * Short-time power spectra with a Hann window, four frames overlapping. A sine of full scale has
 * the power 1 in its bin. A sound shorter than a frame is padded with silence.
 */
final class PowerSpectrogram {
  private PowerSpectrogram() {}

  /**
   * @param frameSamples a power of two
   * @return frames of {@code frameSamples / 2 + 1} bins
   */
  static double[][] of(float[] samples, int frameSamples) {
    int hop = frameSamples / 4;
    int frames = 1 + Math.max(0, samples.length - frameSamples) / hop;
    double[] window = new double[frameSamples];
    for (int index = 0; index < frameSamples; index++) {
      // The window sums to half its length and a sine has half its amplitude in either side band.
      window[index] = (1 - Math.cos(2 * Math.PI * index / frameSamples)) * 2 / frameSamples;
    }
    FourierTransform transform = new FourierTransform(frameSamples);
    double[][] powers = new double[frames][frameSamples / 2 + 1];
    double[] first = new double[frameSamples];
    double[] second = new double[frameSamples];
    double[] unused = new double[frameSamples / 2 + 1];
    for (int frame = 0; frame < frames; frame += 2) {
      fill(first, samples, frame * hop, window);
      boolean paired = frame + 1 < frames;
      fill(second, samples, paired ? (frame + 1) * hop : samples.length, window);
      transform.powers(first, second, powers[frame], paired ? powers[frame + 1] : unused);
    }
    return powers;
  }

  private static void fill(double[] frame, float[] samples, int start, double[] window) {
    for (int index = 0; index < frame.length; index++) {
      int position = start + index;
      frame[index] = position < samples.length ? samples[position] * window[index] : 0;
    }
  }
}
