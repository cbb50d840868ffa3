package dev.morphene.rave.audio;

import java.nio.file.Path;
import java.util.Random;

/** The recordings of samples/, and signals made for a test. */
public final class Samples {
  private static final Path ROOT = Path.of("..", "samples", "pyroviolin");

  private Samples() {}

  public static Path musical(String name) {
    return ROOT.resolve("musical/raw").resolve(name);
  }

  public static Path nonmusical(String name) {
    return ROOT.resolve("nonmusical/raw").resolve(name);
  }

  public static Path reference(String name) {
    return ROOT.resolve("reference_clips").resolve(name);
  }

  public static float[] sine(double frequencyHz, double amplitude, double seconds, int rateHz) {
    float[] samples = new float[(int) Math.round(seconds * rateHz)];
    for (int index = 0; index < samples.length; index++) {
      samples[index] = (float) (amplitude * Math.sin(2 * Math.PI * frequencyHz * index / rateHz));
    }
    return samples;
  }

  public static float[] noise(double amplitude, double seconds, int rateHz, long seed) {
    Random random = new Random(seed);
    float[] samples = new float[(int) Math.round(seconds * rateHz)];
    for (int index = 0; index < samples.length; index++) {
      samples[index] = (float) (amplitude * (2 * random.nextDouble() - 1));
    }
    return samples;
  }

  public static float[] join(float[]... parts) {
    int length = 0;
    for (float[] part : parts) {
      length += part.length;
    }
    float[] joined = new float[length];
    int offset = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, joined, offset, part.length);
      offset += part.length;
    }
    return joined;
  }

  public static double rms(float[] samples, int from, int to) {
    double sum = 0;
    for (int index = from; index < to; index++) {
      sum += (double) samples[index] * samples[index];
    }
    return Math.sqrt(sum / (to - from));
  }
}
