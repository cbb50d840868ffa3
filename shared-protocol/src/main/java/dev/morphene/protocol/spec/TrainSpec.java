package dev.morphene.protocol.spec;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.memory.GuideMemory;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A dataset to checkpoints.
 *
 * @param name folder name of the instrument
 * @param config name of a model configuration, {@code v2} for instance
 * @param datasetFolder written by a preprocess job
 * @param runFolder receives {@code checkpoints/}
 * @param samplingRateHz default 48,000
 * @param maxSteps 1 or more; the guide's default is 3,000,000
 * @param phaseOneSteps default: the config's
 * @param validateEvery steps; default 10,000
 * @param saveEvery steps between checkpoints kept for good; default 50,000
 * @param latestEvery steps between rolling checkpoints; default 1,000
 * @param batch 1 or more; default 8
 * @param signalSamples training crop, samples; default 131,072
 * @param seed default 0
 * @param featureMatchingTwice default false
 * @param allowSmallerConfig after running out of memory with batch 4, may be trained afresh with
 *     {@code v2_small}; default false
 * @param followUp what to queue when training is complete
 * @param trainer default {@link Trainer#NATIVE}; the official one knows more configs
 * @param features default: the plain recipe
 * @param rehearse measure memory and speed of both phases in a few steps instead of training, so
 *     that the recipe's envelope is known; default false
 */
@JsonTypeName("train")
public record TrainSpec(
    String name,
    String config,
    String datasetFolder,
    String runFolder,
    OptionalInt samplingRateHz,
    long maxSteps,
    OptionalLong phaseOneSteps,
    OptionalLong validateEvery,
    OptionalLong saveEvery,
    OptionalLong latestEvery,
    OptionalInt batch,
    OptionalInt signalSamples,
    OptionalLong seed,
    Optional<Boolean> featureMatchingTwice,
    Optional<Boolean> allowSmallerConfig,
    Optional<AuditPlan> followUp,
    Optional<Trainer> trainer,
    Optional<TrainFeatures> features,
    Optional<Boolean> rehearse)
    implements JobSpec {
  /** The guide's default of {@code saveEvery}. */
  public static final long DEFAULT_SAVE_EVERY_STEPS = 50_000;

  /** The guide's default of {@code batch}. */
  public static final int DEFAULT_BATCH = 8;

  /** The guide's training crop. */
  public static final int DEFAULT_SIGNAL_SAMPLES = 131_072;

  /** Both phases' together. */
  private static final long REHEARSED_STEPS = 120;

  private static final OptionalDouble NONE = OptionalDouble.empty();
  private static final int DEFAULT_SAMPLING_RATE_HZ = 48_000;

  public TrainSpec {
    Required.text(name, "name");
    Required.text(config, "config");
    AbsolutePath.check(datasetFolder, "datasetFolder");
    AbsolutePath.check(runFolder, "runFolder");
    Required.atLeast(1, maxSteps, "maxSteps");
    phaseOneSteps.ifPresent(value -> Required.atLeast(0, value, "phaseOneSteps"));
    validateEvery.ifPresent(value -> Required.atLeast(1, value, "validateEvery"));
    saveEvery.ifPresent(value -> Required.atLeast(1, value, "saveEvery"));
    latestEvery.ifPresent(value -> Required.atLeast(1, value, "latestEvery"));
    batch.ifPresent(value -> Required.atLeast(1, value, "batch"));
    signalSamples.ifPresent(value -> Required.atLeast(1, value, "signalSamples"));
    boolean averageAsked = followUp.flatMap(AuditPlan::emaWeights).orElse(false);
    if (averageAsked && features.map(TrainFeatures::emaFactor).orElse(NONE).isEmpty()) {
      throw new IllegalArgumentException(
          "\"followUp.emaWeights\" needs \"features.emaFactor\", or there is no average.");
    }
  }

  /** A plain run. */
  public TrainSpec(
      String name,
      String config,
      String datasetFolder,
      String runFolder,
      OptionalInt samplingRateHz,
      long maxSteps,
      OptionalLong phaseOneSteps,
      OptionalLong validateEvery,
      OptionalLong saveEvery,
      OptionalLong latestEvery,
      OptionalInt batch,
      OptionalInt signalSamples,
      OptionalLong seed,
      Optional<Boolean> featureMatchingTwice,
      Optional<Boolean> allowSmallerConfig,
      Optional<AuditPlan> followUp,
      Optional<Trainer> trainer) {
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
        featureMatchingTwice,
        allowSmallerConfig,
        followUp,
        trainer,
        Optional.empty(),
        Optional.empty());
  }

  /** A plain run of this program's own trainer. */
  public TrainSpec(
      String name,
      String config,
      String datasetFolder,
      String runFolder,
      OptionalInt samplingRateHz,
      long maxSteps,
      OptionalLong phaseOneSteps,
      OptionalLong validateEvery,
      OptionalLong saveEvery,
      OptionalLong latestEvery,
      OptionalInt batch,
      OptionalInt signalSamples,
      OptionalLong seed,
      Optional<Boolean> featureMatchingTwice,
      Optional<Boolean> allowSmallerConfig,
      Optional<AuditPlan> followUp) {
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
        featureMatchingTwice,
        allowSmallerConfig,
        followUp,
        Optional.empty());
  }

  @Override
  public JobKind kind() {
    return JobKind.TRAIN;
  }

  @Override
  public ByteSize expectedMemory() {
    return GuideMemory.of(config);
  }

  public Recipe recipe() {
    return new Recipe(
        config,
        batch.orElse(DEFAULT_BATCH),
        signalSamples.orElse(DEFAULT_SIGNAL_SAMPLES),
        samplingRateHz.orElse(DEFAULT_SAMPLING_RATE_HZ),
        trainer.orElse(Trainer.NATIVE).version());
  }

  /** The same run with another batch; it goes on from its checkpoints. */
  public TrainSpec withBatch(int other) {
    return with(config, runFolder, OptionalInt.of(other));
  }

  /** Another model, which begins afresh in a folder of its own below the run's. */
  public TrainSpec withConfig(String other) {
    return with(other, Path.of(runFolder).resolve(other).toString(), batch);
  }

  /** Whether it only measures. */
  public boolean rehearses() {
    return rehearse.orElse(false);
  }

  /** A rehearsal of the same recipe. */
  public TrainSpec asRehearsal() {
    return new TrainSpec(
        name,
        config,
        datasetFolder,
        runFolder,
        samplingRateHz,
        REHEARSED_STEPS,
        phaseOneSteps,
        validateEvery,
        saveEvery,
        latestEvery,
        batch,
        signalSamples,
        seed,
        featureMatchingTwice,
        Optional.empty(),
        Optional.empty(),
        trainer,
        features,
        Optional.of(true));
  }

  private TrainSpec with(String otherConfig, String otherFolder, OptionalInt otherBatch) {
    return new TrainSpec(
        name,
        otherConfig,
        datasetFolder,
        otherFolder,
        samplingRateHz,
        maxSteps,
        phaseOneSteps,
        validateEvery,
        saveEvery,
        latestEvery,
        otherBatch,
        signalSamples,
        seed,
        featureMatchingTwice,
        allowSmallerConfig,
        followUp,
        trainer,
        features,
        rehearse);
  }
}
