package dev.morphene.rave.training;

import java.util.SplittableRandom;

/**
 * What happens to a chunk on its way into a batch: a random crop, mostly an all-pass filter that
 * turns phases and leaves the spectrum, and noise of one quantisation step.
 */
final class ItemTransform {
  private static final double ALL_PASS_PROBABILITY = 0.8;
  private static final double POLE_RADIUS = 0.99;
  private static final double LOWEST_HZ = 20;
  private static final double HIGHEST_HZ = 2_000;
  private static final double QUANTISATION_STEP = 1.0 / (1 << 16);

  private final int channels;
  private final int samplingRateHz;
  private final int signalSamples;

  ItemTransform(int channels, int samplingRateHz, int signalSamples) {
    this.channels = channels;
    this.samplingRateHz = samplingRateHz;
    this.signalSamples = signalSamples;
  }

  /**
   * Writes the transformed chunk to {@code target} from {@code offset} on.
   *
   * @param chunk channel after channel; at least signalSamples in each
   * @param random one per item and step
   */
  void apply(float[] chunk, SplittableRandom random, float[] target, int offset) {
    int chunkSamples = chunk.length / channels;
    int start = random.nextInt(chunkSamples - signalSamples + 1);
    boolean filtered = random.nextDouble() < ALL_PASS_PROBABILITY;
    double frequencyHz = LOWEST_HZ * Math.pow(HIGHEST_HZ / LOWEST_HZ, random.nextDouble());
    for (int channel = 0; channel < channels; channel++) {
      int from = channel * chunkSamples + start;
      int to = offset + channel * signalSamples;
      if (filtered) {
        allPass(chunk, from, target, to, frequencyHz);
      } else {
        System.arraycopy(chunk, from, target, to, signalSamples);
      }
      for (int i = to; i < to + signalSamples; i++) {
        target[i] += (float) (random.nextDouble() * QUANTISATION_STEP);
      }
    }
  }

  /** Second-order all-pass with a pole pair at the given frequency; starts from silence. */
  private void allPass(float[] source, int from, float[] target, int to, double frequencyHz) {
    double a1 = -2 * POLE_RADIUS * Math.cos(2 * Math.PI * frequencyHz / samplingRateHz);
    double a2 = POLE_RADIUS * POLE_RADIUS;
    double x1 = 0;
    double x2 = 0;
    double y1 = 0;
    double y2 = 0;
    for (int i = 0; i < signalSamples; i++) {
      double x0 = source[from + i];
      double y0 = a2 * x0 + a1 * x1 + x2 - a1 * y1 - a2 * y2;
      x2 = x1;
      x1 = x0;
      y2 = y1;
      y1 = y0;
      target[to + i] = (float) y0;
    }
  }
}
