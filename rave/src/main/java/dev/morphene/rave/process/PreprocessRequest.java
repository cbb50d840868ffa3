package dev.morphene.rave.process;

import java.nio.file.Path;
import java.util.List;

/**
 * Raw recordings to a training dataset.
 *
 * @param inputs where the recordings are and where their processed files go
 * @param datasetFolder the LMDB environment to write; replaced whole when complete
 * @param samplingRateHz 8,000 to 192,000; the guide's default is 48,000
 * @param channels 1 or 2; 1 is a true downmix
 * @param signalSamples half a stored chunk, as the official tool counts; its default is 131,072
 * @param loudnessLufs integrated loudness of the processed files (ITU-R BS.1770); the guide's value
 *     is -14
 * @param truePeakDecibels ceiling of the true peak, dBTP; at most 0
 * @param removeClicks repair clicks before anything else
 * @param removeNoise reduce steady noise before anything else
 */
public record PreprocessRequest(
    List<Input> inputs,
    Path datasetFolder,
    int samplingRateHz,
    int channels,
    int signalSamples,
    double loudnessLufs,
    double truePeakDecibels,
    boolean removeClicks,
    boolean removeNoise) {

  /**
   * @param sourceType {@code musical} or {@code nonmusical}; a word for the report
   * @param rawFolder searched recursively for anything FFmpeg reads
   * @param processedFolder receives mono files of at most five minutes
   */
  public record Input(String sourceType, Path rawFolder, Path processedFolder) {}
}
