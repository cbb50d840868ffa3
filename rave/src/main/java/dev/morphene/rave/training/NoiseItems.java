package dev.morphene.rave.training;

import java.util.SplittableRandom;

/** Chunks of noise, for a rehearsal without recordings: memory and speed are those of any sound. */
record NoiseItems(int size, int channels, int samplingRateHz, int chunkSamples)
    implements AudioItems {
  private static final float PEAK = 0.3f;

  @Override
  public float[] read(int index) {
    SplittableRandom random = new SplittableRandom(index);
    float[] samples = new float[channels * chunkSamples];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (PEAK * (2 * random.nextDouble() - 1));
    }
    return samples;
  }
}
