package dev.morphene.rave.audit;

import java.util.Arrays;

/**
 * How far tones at multiples of the latent frame rate stand out of a sound: what a decoder adds
 * that repeats itself in every frame, a buzz that no recording has (Pons et al., Upsampling
 * artifacts in neural audio synthesis, arXiv 2010.14356).
 */
public final class FrameRateTones {
  private static final int FRAME_SAMPLES = 8_192;

  /** Below, the harmonics of a low note would be taken for the model's. */
  private static final int FIRST_MULTIPLE = 4;

  /** A Hann window's peak reaches that many bins to each side. */
  private static final int PEAK_BINS = 2;

  /** Against what there is on a silent channel, 140 dB below full scale. */
  private static final double FLOOR = 1e-14;

  private FrameRateTones() {}

  /**
   * @param latentFrameSamples a power of two, at most 1,024
   * @return decibels that the bins at the multiples, up to half the sampling rate, are above the
   *     median of those around, mean over the multiples; about 0 of a recording
   */
  public static double decibels(float[] samples, int latentFrameSamples) {
    double[] power = new double[FRAME_SAMPLES / 2 + 1];
    for (double[] frame : PowerSpectrogram.of(samples, FRAME_SAMPLES)) {
      for (int bin = 0; bin < power.length; bin++) {
        power[bin] += frame[bin];
      }
    }
    int spacing = FRAME_SAMPLES / latentFrameSamples;
    double sum = 0;
    int multiples = 0;
    for (int bin = FIRST_MULTIPLE * spacing; bin + spacing < power.length; bin += spacing) {
      sum += level(power[bin]) - level(surrounding(power, bin, spacing / 2));
      multiples++;
    }
    return sum / multiples;
  }

  private static double surrounding(double[] power, int bin, int reach) {
    double[] around = new double[2 * (reach - PEAK_BINS)];
    for (int away = PEAK_BINS + 1; away <= reach; away++) {
      around[2 * (away - PEAK_BINS - 1)] = power[bin - away];
      around[2 * (away - PEAK_BINS - 1) + 1] = power[bin + away];
    }
    Arrays.sort(around);
    return around[around.length / 2];
  }

  private static double level(double power) {
    return 10 * Math.log10(power + FLOOR);
  }
}
