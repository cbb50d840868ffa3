package dev.morphene.rave.audit;

/**
 * Level in decibels of 64 bands equally wide on the mel scale (2595 log10(1 + f / 700),
 * O'Shaughnessy 1987), from 40 Hz to 16 kHz or half the sampling rate, in frames of about 43 ms.
 * Bands below −80 dBFS count as −80: below that nobody hears a difference.
 */
final class LogMelSpectrogram {
  static final int BANDS = 64;
  static final double FLOOR_DECIBELS = -80;
  private static final double LOWEST_HZ = 40;
  private static final double HIGHEST_HZ = 16_000;
  private static final double FRAME_SECONDS = 0.043;

  private LogMelSpectrogram() {}

  /**
   * @return frames of {@value #BANDS} levels, dB
   */
  static double[][] of(float[] samples, int samplingRateHz) {
    int frameSamples =
        Integer.highestOneBit((int) Math.round(FRAME_SECONDS * samplingRateHz * Math.sqrt(2)));
    double[][] powers = PowerSpectrogram.of(samples, frameSamples);
    double[][] weights = bands(frameSamples, samplingRateHz);
    double[][] levels = new double[powers.length][BANDS];
    double floor = Math.pow(10, FLOOR_DECIBELS / 10);
    for (int frame = 0; frame < powers.length; frame++) {
      for (int band = 0; band < BANDS; band++) {
        double power = 0;
        for (int bin = 0; bin < weights[band].length; bin++) {
          power += weights[band][bin] * powers[frame][bin];
        }
        levels[frame][band] = 10 * Math.log10(Math.max(floor, power));
      }
    }
    return levels;
  }

  /** Triangles over the bins; one that would fall between two bins takes the nearest. */
  private static double[][] bands(int frameSamples, int samplingRateHz) {
    double lowest = mel(LOWEST_HZ);
    double step = (mel(Math.min(HIGHEST_HZ, samplingRateHz / 2.0)) - lowest) / (BANDS + 1);
    double[][] weights = new double[BANDS][frameSamples / 2 + 1];
    for (int band = 0; band < BANDS; band++) {
      double center = lowest + (band + 1) * step;
      boolean empty = true;
      for (int bin = 0; bin < weights[band].length; bin++) {
        double distance = Math.abs(mel((double) bin * samplingRateHz / frameSamples) - center);
        weights[band][bin] = Math.max(0, 1 - distance / step);
        empty &= weights[band][bin] == 0;
      }
      if (empty) {
        double hertz = 700 * (Math.pow(10, center / 2595) - 1);
        weights[band][(int) Math.round(hertz * frameSamples / samplingRateHz)] = 1;
      }
    }
    return weights;
  }

  private static double mel(double hertz) {
    return 2595 * Math.log10(1 + hertz / 700);
  }
}
