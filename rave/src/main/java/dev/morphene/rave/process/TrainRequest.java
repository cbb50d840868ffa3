package dev.morphene.rave.process;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * A training run, new or resumed: when {@code runFolder/checkpoints} holds a valid checkpoint of
 * the same recipe, the newest one is continued.
 *
 * @param name of the instrument
 * @param config {@code v2}, {@code v2_small} or {@code tiny}
 * @param datasetFolder LMDB environment
 * @param runFolder receives {@code checkpoints/} and {@code config.json}
 * @param samplingRateHz must equal the dataset's
 * @param maxSteps step at which the run is complete, over all attempts; at least 1
 * @param phaseOneSteps steps of the representation phase; absent means the config's
 * @param validateEvery steps between validations; at least 1
 * @param saveEvery steps between checkpoints that are kept for good; at least 1
 * @param latestEvery steps between rolling checkpoints, of which the newest few are kept; at least
 *     1
 * @param batch items a step; at least 1
 * @param signalSamples training crop, a multiple of the config's compression ratio; the official
 *     default is 131,072
 * @param seed makes two runs equal
 * @param device {@code cpu} or {@code cuda:N}
 * @param threads of libtorch; at least 1
 * @param featureMatchingTwice weight feature matching twice, as the official 2.3 does; false is
 *     once, as 2.2
 */
public record TrainRequest(
    String name,
    String config,
    Path datasetFolder,
    Path runFolder,
    int samplingRateHz,
    long maxSteps,
    OptionalLong phaseOneSteps,
    long validateEvery,
    long saveEvery,
    long latestEvery,
    int batch,
    int signalSamples,
    long seed,
    String device,
    int threads,
    boolean featureMatchingTwice) {}
