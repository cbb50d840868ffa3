package dev.morphene.rave.process;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A training run, new or resumed: when {@code runFolder/checkpoints} holds a valid checkpoint of
 * the same recipe, the newest one is continued.
 *
 * @param name of the instrument
 * @param config {@code v2} for instance, {@code v3}, {@code v2,causal}: a preset, and overlays
 *     divided by commas or plus signs; for the official trainer any of its own
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
 * @param trainer absent means {@link TrainerKind#NATIVE}
 * @param features absent means {@link TrainingFeatures#none}
 * @param rehearse measure memory and speed of both phases in a few steps instead of training;
 *     absent means no
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
    boolean featureMatchingTwice,
    Optional<TrainerKind> trainer,
    Optional<TrainingFeatures> features,
    Optional<Boolean> rehearse) {

  /** A plain run. */
  public TrainRequest(
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
      boolean featureMatchingTwice,
      Optional<TrainerKind> trainer) {
    this(
        name,
        config,
        datasetFolder,
        runFolder,
        samplingRateHz,
        maxSteps,
        phaseOneSteps,
        validateEvery,
        saveEvery,
        latestEvery,
        batch,
        signalSamples,
        seed,
        device,
        threads,
        featureMatchingTwice,
        trainer,
        Optional.empty(),
        Optional.empty());
  }

  /** A plain run of this program's own trainer. */
  public TrainRequest(
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
      boolean featureMatchingTwice) {
    this(
        name,
        config,
        datasetFolder,
        runFolder,
        samplingRateHz,
        maxSteps,
        phaseOneSteps,
        validateEvery,
        saveEvery,
        latestEvery,
        batch,
        signalSamples,
        seed,
        device,
        threads,
        featureMatchingTwice,
        Optional.empty());
  }

  /** The same run with other features. */
  public TrainRequest with(TrainingFeatures others) {
    return with(Optional.of(others), rehearse);
  }

  /** The same request, as a rehearsal. */
  public TrainRequest asRehearsal() {
    return with(features, Optional.of(true));
  }

  private TrainRequest with(Optional<TrainingFeatures> others, Optional<Boolean> rehearsal) {
    return new TrainRequest(
        name,
        config,
        datasetFolder,
        runFolder,
        samplingRateHz,
        maxSteps,
        phaseOneSteps,
        validateEvery,
        saveEvery,
        latestEvery,
        batch,
        signalSamples,
        seed,
        device,
        threads,
        featureMatchingTwice,
        trainer,
        others,
        rehearsal);
  }
}
