package dev.morphene.rave.audio;

/**
 * A stretch of a recording that is kept.
 *
 * @param start first sample
 * @param end sample after the last
 */
record SoundSpan(long start, long end) {
  long samples() {
    return end - start;
  }
}
