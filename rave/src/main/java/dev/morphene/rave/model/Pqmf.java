package dev.morphene.rave.model;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.Layer.Window;
import dev.morphene.rave.model.NetworkStyle.Padding;

/**
 * The pseudo-quadrature-mirror filter bank: 16 bands, 100 dB, a Kaiser-windowed prototype of 377
 * taps modulated by cosines (Nguyen 1994).
 */
public final class Pqmf {
  static final int POLYPHASE_TAPS = 33;
  private static final int BANDS = RaveConfig.BANDS;
  private static final int PROTOTYPE_TAPS = 377;
  private static final int BANK_TAPS = 512;

  /**
   * The cutoff that makes the prototype's autocorrelation vanish best at multiples of 32: found by
   * minimisation once, for 100 dB and 16 bands.
   */
  private static final double CUTOFF_RADIANS = 0.1075195312500001;

  /** Kaiser's formula for 100 dB. */
  private static final double BETA = 0.1102 * (100 - 8.7);

  private Pqmf() {}

  /** Zeros around both convolutions, in band samples. */
  static Window window(Padding padding) {
    return Window.of(POLYPHASE_TAPS, 1, padding);
  }

  /** The prototype low-pass: a windowed sinc, unscaled. */
  public static double[] prototype() {
    double[] taps = new double[PROTOTYPE_TAPS];
    int centre = PROTOTYPE_TAPS / 2;
    for (int i = 0; i < PROTOTYPE_TAPS; i++) {
      int t = i - centre;
      double sinc =
          t == 0 ? CUTOFF_RADIANS / Math.PI : Math.sin(CUTOFF_RADIANS * t) / (Math.PI * t);
      double position = t / (double) centre;
      taps[i] = sinc * bessel(BETA * Math.sqrt(1 - position * position)) / bessel(BETA);
    }
    return taps;
  }

  /** Modified Bessel function of the first kind, order 0, by its power series. */
  private static double bessel(double x) {
    double sum = 1;
    double term = 1;
    for (int k = 1; term > sum * 1e-17; k++) {
      term *= (x / (2 * k)) * (x / (2 * k));
      sum += term;
    }
    return sum;
  }

  /** The analysis bank, [band][tap], 512 taps each. */
  public static double[][] bank() {
    double[] prototype = prototype();
    int centre = PROTOTYPE_TAPS / 2;
    int start = (BANK_TAPS - PROTOTYPE_TAPS) / 2;
    double[][] bank = new double[BANDS][BANK_TAPS];
    for (int k = 0; k < BANDS; k++) {
      double phase = (k % 2 == 0 ? 1 : -1) * Math.PI / 4;
      for (int i = 0; i < PROTOTYPE_TAPS; i++) {
        double angle = (2 * k + 1) * Math.PI / (2 * BANDS) * (i - centre) + phase;
        bank[k][start + i] = 2 * prototype[i] * Math.cos(angle);
      }
    }
    return bank;
  }

  static TensorData prototypeTensor() {
    double[] taps = prototype();
    float[] data = new float[taps.length];
    for (int i = 0; i < taps.length; i++) {
      data[i] = (float) taps[i];
    }
    return TensorData.ofFloats(data, data.length);
  }

  static TensorData bankTensor() {
    double[][] bank = bank();
    float[] data = new float[BANDS * BANK_TAPS];
    for (int k = 0; k < BANDS; k++) {
      for (int j = 0; j < BANK_TAPS; j++) {
        data[k * BANK_TAPS + j] = (float) bank[k][j];
      }
    }
    return TensorData.ofFloats(data, BANDS, BANK_TAPS);
  }

  /**
   * Kernel of analysis as a convolution over the 16 phases of the audio: (band, phase, tap). The
   * same sums as a convolution of stride 16, without its slow path on one processor core.
   */
  static TensorData analysisKernel() {
    double[][] bank = bank();
    float[] data = new float[BANDS * BANDS * POLYPHASE_TAPS];
    for (int k = 0; k < BANDS; k++) {
      for (int phase = 0; phase < BANDS; phase++) {
        for (int tap = 0; tap < POLYPHASE_TAPS; tap++) {
          int j = BANDS * tap + phase;
          if (j < BANK_TAPS) {
            data[(k * BANDS + phase) * POLYPHASE_TAPS + tap] = (float) bank[k][j];
          }
        }
      }
    }
    return TensorData.ofFloats(data, BANDS, BANDS, POLYPHASE_TAPS);
  }

  /** Kernel of synthesis: (phase of the audio, band, tap), gain of 16 included. */
  static TensorData synthesisKernel() {
    double[][] bank = bank();
    float[] data = new float[BANDS * BANDS * POLYPHASE_TAPS];
    for (int phase = 0; phase < BANDS; phase++) {
      for (int k = 0; k < BANDS; k++) {
        for (int tap = 0; tap < POLYPHASE_TAPS - 1; tap++) {
          int j = BANK_TAPS - 1 - (BANDS * tap + BANDS - 1 - phase);
          data[(phase * BANDS + k) * POLYPHASE_TAPS + tap] = (float) (BANDS * bank[k][j]);
        }
      }
    }
    return TensorData.ofFloats(data, BANDS, BANDS, POLYPHASE_TAPS);
  }

  /** −1 for odd bands at even band samples: (band, 1, parity of the band sample). */
  static TensorData signs() {
    float[] data = new float[BANDS * 2];
    for (int k = 0; k < BANDS; k++) {
      data[2 * k] = k % 2 == 0 ? 1 : -1;
      data[2 * k + 1] = 1;
    }
    return TensorData.ofFloats(data, BANDS, 1, 2);
  }
}
