package dev.morphene.rave.preprocess;

import java.nio.file.Path;
import java.util.List;

/**
 * The result of a preprocess job.
 *
 * @param datasetFolder the dataset written
 * @param samplingRateHz of its chunks
 * @param channels of its chunks
 * @param chunkSamples samples of a chunk for each channel
 * @param chunks in all
 * @param seconds of processed sound in all
 * @param sources in the order of the request
 */
record PreprocessReport(
    Path datasetFolder,
    int samplingRateHz,
    int channels,
    int chunkSamples,
    int chunks,
    double seconds,
    List<SourceReport> sources) {}
