package dev.morphene.rave.audio;

import java.util.Arrays;

/** Grows as samples are appended. */
final class SampleBuffer {
  private float[] samples = new float[1 << 16];
  private int length;

  void append(float[] block) {
    int needed = Math.addExact(length, block.length);
    if (needed > samples.length) {
      samples = Arrays.copyOf(samples, (int) Math.min(1L << 30, Math.max(needed, 2L * length)));
    }
    System.arraycopy(block, 0, samples, length, block.length);
    length = needed;
  }

  float[] toArray() {
    return Arrays.copyOf(samples, length);
  }
}
