package dev.morphene.rave.training;

import java.util.Random;

/** Chunks of decaying harmonic tones over a little noise; equal for equal numbers. */
final class SyntheticItems implements AudioItems {
  private final int size;
  private final int chunkSamples;

  SyntheticItems(int size, int chunkSamples) {
    this.size = size;
    this.chunkSamples = chunkSamples;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int channels() {
    return 1;
  }

  @Override
  public int samplingRateHz() {
    return 48_000;
  }

  @Override
  public int chunkSamples() {
    return chunkSamples;
  }

  @Override
  public float[] read(int index) {
    Random random = new Random(index);
    double frequencyHz = 110 * Math.pow(2, random.nextInt(25) / 12.0);
    float[] samples = new float[chunkSamples];
    for (int i = 0; i < chunkSamples; i++) {
      double seconds = i / 48_000.0;
      double tone = 0;
      for (int harmonic = 1; harmonic <= 6; harmonic++) {
        tone += Math.sin(2 * Math.PI * frequencyHz * harmonic * seconds) / harmonic;
      }
      samples[i] =
          (float) (0.2 * tone * Math.exp(-2 * (seconds % 0.5)) + 0.01 * random.nextGaussian());
    }
    return samples;
  }
}
