package dev.morphene.rave.audit;

/**
 * Power spectra of real frames by a radix-2 transform (Cooley and Tukey 1965), two frames at once
 * as real and imaginary part. An own one: nothing on the class path transforms without libtorch,
 * and measures must not depend on its build or threads. For one thread.
 */
final class FourierTransform {
  private final int size;
  private final double[] cosines;
  private final double[] sines;
  private final int[] reversed;
  private final double[] real;
  private final double[] imaginary;

  /**
   * @param size samples of a frame, a power of two
   */
  FourierTransform(int size) {
    if (Integer.bitCount(size) != 1 || size < 2) {
      throw new IllegalArgumentException(size + " is no power of two");
    }
    this.size = size;
    cosines = new double[size / 2];
    sines = new double[size / 2];
    for (int index = 0; index < size / 2; index++) {
      cosines[index] = Math.cos(2 * Math.PI * index / size);
      sines[index] = -Math.sin(2 * Math.PI * index / size);
    }
    reversed = new int[size];
    int bits = Integer.numberOfTrailingZeros(size);
    for (int index = 0; index < size; index++) {
      reversed[index] = Integer.reverse(index) >>> (32 - bits);
    }
    real = new double[size];
    imaginary = new double[size];
  }

  /** Gives both frames' power, {@code size / 2 + 1} bins each. */
  void powers(double[] first, double[] second, double[] firstPower, double[] secondPower) {
    for (int index = 0; index < size; index++) {
      real[reversed[index]] = first[index];
      imaginary[reversed[index]] = second[index];
    }
    transform();
    for (int bin = 0; bin <= size / 2; bin++) {
      int mirror = (size - bin) % size;
      double firstReal = (real[bin] + real[mirror]) / 2;
      double firstImaginary = (imaginary[bin] - imaginary[mirror]) / 2;
      double secondReal = (imaginary[bin] + imaginary[mirror]) / 2;
      double secondImaginary = (real[mirror] - real[bin]) / 2;
      firstPower[bin] = firstReal * firstReal + firstImaginary * firstImaginary;
      secondPower[bin] = secondReal * secondReal + secondImaginary * secondImaginary;
    }
  }

  private void transform() {
    for (int half = 1; half < size; half *= 2) {
      int stride = size / (2 * half);
      for (int start = 0; start < size; start += 2 * half) {
        for (int offset = 0; offset < half; offset++) {
          double cosine = cosines[offset * stride];
          double sine = sines[offset * stride];
          int upper = start + offset;
          int lower = upper + half;
          double turnedReal = real[lower] * cosine - imaginary[lower] * sine;
          double turnedImaginary = real[lower] * sine + imaginary[lower] * cosine;
          real[lower] = real[upper] - turnedReal;
          imaginary[lower] = imaginary[upper] - turnedImaginary;
          real[upper] += turnedReal;
          imaginary[upper] += turnedImaginary;
        }
      }
    }
  }
}
