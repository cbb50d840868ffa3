package dev.morphene.rave.audio;

/**
 * Rate and channels of samples in memory.
 *
 * @param samplingRateHz 8,000 to 192,000
 * @param channels 1 or 2
 */
public record SampleFormat(int samplingRateHz, int channels) {
  public SampleFormat {
    if (samplingRateHz < 8_000 || samplingRateHz > 192_000) {
      throw new IllegalArgumentException(
          "The sampling rate is " + samplingRateHz + " Hz; use 8000 to 192000.");
    }
    if (channels < 1 || channels > 2) {
      throw new IllegalArgumentException("There are " + channels + " channels; use 1 or 2.");
    }
  }

  /** FFmpeg's name of the channel layout. */
  String layout() {
    return channels == 1 ? "mono" : "stereo";
  }
}
