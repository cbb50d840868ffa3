package dev.morphene.rave.audio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;

/**
 * What can be measured of a recording without listening to it. Of more than two channels, all but
 * the header is measured on their average.
 *
 * @param header rate and channels
 * @param seconds decoded
 * @param loudness of the whole, with the true peak
 * @param samplePeakDecibels dBFS of the highest sample; negative infinity for digital silence
 * @param clippedRuns places where three or more samples in a row are at full scale
 * @param firstClipSeconds where the first of them is
 * @param silenceShare share of the recording that {@code preprocess} would trim, 0 to 1
 * @param contentSha256 of the samples, so the same sound has it in every lossless format
 */
public record SoundProfile(
    AudioHeader header,
    double seconds,
    Loudness loudness,
    double samplePeakDecibels,
    int clippedRuns,
    OptionalDouble firstClipSeconds,
    double silenceShare,
    String contentSha256) {

  /**
   * Measures a file, block by block: memory grows by 400 bytes for each second.
   *
   * @throws UnusableAudioException if the file is no sound, damaged or cut off
   */
  public static SoundProfile of(Path file) throws UnusableAudioException, IOException {
    AudioHeader header = AudioDecoder.header(file);
    SampleFormat format = header.measuringFormat();
    try (SoundProfiler profiler = new SoundProfiler(format)) {
      double seconds = AudioDecoder.decode(file, format, Restoration.NONE, profiler);
      return profiler.finish(header, seconds);
    }
  }
}
