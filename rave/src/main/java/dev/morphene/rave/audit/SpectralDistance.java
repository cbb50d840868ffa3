package dev.morphene.rave.audit;

/** How far one sound is from another of the same length. Zero for equal sounds. */
public final class SpectralDistance {
  private static final int[] FRAME_SAMPLES = {2048, 1024, 512, 256, 128};

  /** −80 dBFS. */
  private static final double SMALLEST_AMPLITUDE = 1e-4;

  private SpectralDistance() {}

  /**
   * Multi-scale spectral distance: spectral convergence (the norm of the difference of magnitudes
   * over the norm of the reference's) plus the mean absolute difference of log magnitudes, averaged
   * over frames of 2048 to 128 samples. The two terms are those of Yamamoto et al. 2020 (Parallel
   * WaveGAN), the scales those of the RAVE paper (Caillon and Esling 2021).
   *
   * <p>A sound twice as loud as its reference has a distance of 1 + ln 2 or less.
   */
  public static double multiScale(float[] sound, float[] reference) {
    requireSameLength(sound, reference);
    double sum = 0;
    for (int frameSamples : FRAME_SAMPLES) {
      double[][] heard = PowerSpectrogram.of(sound, frameSamples);
      double[][] wanted = PowerSpectrogram.of(reference, frameSamples);
      double difference = 0;
      double norm = 0;
      double logDifference = 0;
      for (int frame = 0; frame < wanted.length; frame++) {
        for (int bin = 0; bin < wanted[frame].length; bin++) {
          double heardAmplitude = Math.sqrt(heard[frame][bin]);
          double wantedAmplitude = Math.sqrt(wanted[frame][bin]);
          difference += Math.pow(heardAmplitude - wantedAmplitude, 2);
          norm += wanted[frame][bin];
          logDifference +=
              Math.abs(
                  Math.log(Math.max(SMALLEST_AMPLITUDE, heardAmplitude))
                      - Math.log(Math.max(SMALLEST_AMPLITUDE, wantedAmplitude)));
        }
      }
      double smallestNorm = SMALLEST_AMPLITUDE * SMALLEST_AMPLITUDE;
      sum +=
          Math.sqrt(difference / Math.max(smallestNorm, norm))
              + logDifference / (wanted.length * (double) wanted[0].length);
    }
    return sum / FRAME_SAMPLES.length;
  }

  /** Mean absolute difference of the log-mel spectrograms, dB. */
  public static double logMelDecibels(float[] sound, float[] reference, int samplingRateHz) {
    requireSameLength(sound, reference);
    double[][] heard = LogMelSpectrogram.of(sound, samplingRateHz);
    double[][] wanted = LogMelSpectrogram.of(reference, samplingRateHz);
    double sum = 0;
    for (int frame = 0; frame < wanted.length; frame++) {
      for (int band = 0; band < LogMelSpectrogram.BANDS; band++) {
        sum += Math.abs(heard[frame][band] - wanted[frame][band]);
      }
    }
    return sum / (wanted.length * (double) LogMelSpectrogram.BANDS);
  }

  private static void requireSameLength(float[] sound, float[] reference) {
    if (sound.length != reference.length || sound.length == 0) {
      throw new IllegalArgumentException(
          sound.length + " samples cannot be compared with " + reference.length);
    }
  }
}
