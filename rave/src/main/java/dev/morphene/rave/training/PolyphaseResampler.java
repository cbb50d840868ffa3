package dev.morphene.rave.training;

/**
 * Resamples by a ratio of small whole numbers: a windowed-sinc low-pass at the lower of both rates
 * (Kaiser window, β = 5, ten zero crossings to each side), of which every output sample uses one
 * phase (Crochiere and Rabiner, Multirate Digital Signal Processing, 1983). Immutable.
 */
final class PolyphaseResampler {
  private static final int ZERO_CROSSINGS = 10;
  private static final double KAISER_BETA = 5;

  private final int up;
  private final int down;
  private final int half;
  private final double[] taps;

  /** {@code up / down} is the factor of length; both at least 1, without a common divisor. */
  PolyphaseResampler(int up, int down) {
    this.up = up;
    this.down = down;
    int widest = Math.max(up, down);
    this.half = ZERO_CROSSINGS * widest;
    this.taps = new double[2 * half + 1];
    double sum = 0;
    for (int i = -half; i <= half; i++) {
      double x = Math.PI * i / widest;
      double sinc = i == 0 ? 1 : Math.sin(x) / x;
      double edge = i / (double) half;
      double window = bessel(KAISER_BETA * Math.sqrt(1 - edge * edge)) / bessel(KAISER_BETA);
      taps[half + i] = sinc * window;
      sum += taps[half + i];
    }
    for (int i = 0; i < taps.length; i++) {
      taps[i] *= up / sum;
    }
  }

  double ratio() {
    return up / (double) down;
  }

  /** Samples that {@code inputSamples} become. */
  int outputSamples(int inputSamples) {
    return (int) ((long) inputSamples * up / down);
  }

  /**
   * Computes a stretch of the output; beyond the input there is silence.
   *
   * @param source holds the input from {@code from} on, {@code inputSamples} long
   * @param start first output sample wanted
   * @param count output samples wanted, written to {@code target} from {@code to} on
   */
  void resample(
      float[] source, int from, int inputSamples, int start, int count, float[] target, int to) {
    for (int i = 0; i < count; i++) {
      long position = (long) (start + i) * down;
      int first = (int) Math.max(0, Math.floorDiv(position - half + up - 1, (long) up));
      int last = (int) Math.min(inputSamples - 1L, (position + half) / up);
      double sum = 0;
      int tap = (int) (half + position - (long) first * up);
      for (int k = first; k <= last; k++) {
        sum += taps[tap] * source[from + k];
        tap -= up;
      }
      target[to + i] = (float) sum;
    }
  }

  /** Modified Bessel function of the first kind, order 0, by its power series. */
  private static double bessel(double x) {
    double term = 1;
    double sum = 1;
    for (int k = 1; term > 1e-12 * sum; k++) {
      term *= x * x / (4.0 * k * k);
      sum += term;
    }
    return sum;
  }
}
