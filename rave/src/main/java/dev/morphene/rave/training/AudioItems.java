package dev.morphene.rave.training;

/** Recordings to train on, cut into chunks of equal length. Safe to read from any thread. */
public interface AudioItems {
  /** Number of chunks. */
  int size();

  int channels();

  int samplingRateHz();

  /** Samples of a chunk in each channel. */
  int chunkSamples();

  /**
   * A chunk, channel after channel, full scale ±1; {@code channels * chunkSamples} long.
   *
   * @param index 0 to size − 1
   */
  float[] read(int index);
}
