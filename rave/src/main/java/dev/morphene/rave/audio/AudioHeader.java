package dev.morphene.rave.audio;

/**
 * What a file's header says of its sound.
 *
 * @param samplingRateHz of the file
 * @param channels of the file, however many
 */
public record AudioHeader(int samplingRateHz, int channels) {
  private static final int LOWEST_HZ = 8_000;
  private static final int HIGHEST_HZ = 192_000;

  /** In which the file is measured: its own where that can be; of many channels their average. */
  public SampleFormat measuringFormat() {
    return new SampleFormat(
        Math.max(LOWEST_HZ, Math.min(HIGHEST_HZ, samplingRateHz)), channels == 2 ? 2 : 1);
  }
}
