package dev.morphene.rave.audit;

/**
 * Finds how late a codec's output is, by the peak of the cross-correlation with its input. A codec
 * that does not keep the wave form has no clear peak and counts as undelayed.
 */
final class CodecDelay {
  private static final double CLEAR_CORRELATION = 0.3;

  /** Comparing this many seconds is enough, and keeps the direct sum fast. */
  private static final double COMPARED_SECONDS = 1;

  private CodecDelay() {}

  /**
   * @param maxDelaySamples largest delay looked for
   * @return samples by which {@code output} is late, 0 to {@code maxDelaySamples}
   */
  static int samples(float[] input, float[] output, int maxDelaySamples, int samplingRateHz) {
    int compared =
        (int) Math.min(COMPARED_SECONDS * samplingRateHz, output.length - maxDelaySamples);
    int start = loudestStart(input, compared, output.length - maxDelaySamples - compared);
    if (compared < 1 || start < 0) {
      return 0;
    }
    double inputNorm = norm(input, start, compared);
    int best = 0;
    double bestCorrelation = 0;
    for (int delay = 0; delay <= maxDelaySamples; delay++) {
      double product = 0;
      for (int index = start; index < start + compared; index++) {
        product += (double) input[index] * output[index + delay];
      }
      double outputNorm = norm(output, start + delay, compared);
      double correlation = inputNorm * outputNorm == 0 ? 0 : product / (inputNorm * outputNorm);
      if (correlation > bestCorrelation) {
        bestCorrelation = correlation;
        best = delay;
      }
    }
    return bestCorrelation >= CLEAR_CORRELATION ? best : 0;
  }

  private static int loudestStart(float[] input, int compared, int lastStart) {
    int best = -1;
    double loudest = -1;
    for (int start = 0; start <= lastStart; start += Math.max(1, compared / 2)) {
      double norm = norm(input, start, compared);
      if (norm > loudest) {
        loudest = norm;
        best = start;
      }
    }
    return best;
  }

  private static double norm(float[] samples, int start, int count) {
    double squares = 0;
    for (int index = start; index < start + count; index++) {
      squares += (double) samples[index] * samples[index];
    }
    return Math.sqrt(squares);
  }
}
