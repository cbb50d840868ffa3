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

  /** The guide's default of {@code maxSteps}. */
  public static final long DEFAULT_MAX_STEPS = 3_000_000;

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

  /** To make a training: name what differs from the defaults, then build. */
  public static Draft draft(String name, String config, String datasetFolder, String runFolder) {
    return new Draft(name, config, datasetFolder, runFolder);
  }

  /** To make another training out of this one. */
  public Draft toDraft() {
    Draft draft = new Draft(name, config, datasetFolder, runFolder);
    draft.samplingRateHz = samplingRateHz;
    draft.maxSteps = maxSteps;
    draft.phaseOneSteps = phaseOneSteps;
    draft.validateEvery = validateEvery;
    draft.saveEvery = saveEvery;
    draft.latestEvery = latestEvery;
    draft.batch = batch;
    draft.signalSamples = signalSamples;
    draft.seed = seed;
    draft.featureMatchingTwice = featureMatchingTwice;
    draft.allowSmallerConfig = allowSmallerConfig;
    draft.followUp = followUp;
    draft.trainer = trainer;
    draft.features = features;
    draft.rehearse = rehearse;
    return draft;
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
        trainer.orElse(Trainer.NATIVE).version(),
        features.flatMap(TrainFeatures::precision).orElse(TrainFeatures.Precision.FP32));
  }

  /** The same run with another batch; it goes on from its checkpoints. */
  public TrainSpec withBatch(int other) {
    return toDraft().batch(other).build();
  }

  /** Another model, which begins afresh in a folder of its own below the run's. */
  public TrainSpec withConfig(String other) {
    return toDraft().config(other).runFolder(Path.of(runFolder).resolve(other).toString()).build();
  }

  /** Whether it only measures. */
  public boolean rehearses() {
    return rehearse.orElse(false);
  }

  /** A rehearsal of the same recipe. */
  public TrainSpec asRehearsal() {
    return toDraft()
        .maxSteps(REHEARSED_STEPS)
        .allowSmallerConfig(false)
        .followUp(Optional.empty())
        .rehearse(true)
        .build();
  }

  /** A training being made. What is not named has the guide's default. */
  public static final class Draft {
    private final String name;
    private String config;
    private final String datasetFolder;
    private String runFolder;
    private OptionalInt samplingRateHz = OptionalInt.empty();
    private long maxSteps = DEFAULT_MAX_STEPS;
    private OptionalLong phaseOneSteps = OptionalLong.empty();
    private OptionalLong validateEvery = OptionalLong.empty();
    private OptionalLong saveEvery = OptionalLong.empty();
    private OptionalLong latestEvery = OptionalLong.empty();
    private OptionalInt batch = OptionalInt.empty();
    private OptionalInt signalSamples = OptionalInt.empty();
    private OptionalLong seed = OptionalLong.empty();
    private Optional<Boolean> featureMatchingTwice = Optional.empty();
    private Optional<Boolean> allowSmallerConfig = Optional.empty();
    private Optional<AuditPlan> followUp = Optional.empty();
    private Optional<Trainer> trainer = Optional.empty();
    private Optional<TrainFeatures> features = Optional.empty();
    private Optional<Boolean> rehearse = Optional.empty();

    private Draft(String name, String config, String datasetFolder, String runFolder) {
      this.name = name;
      this.config = config;
      this.datasetFolder = datasetFolder;
      this.runFolder = runFolder;
    }

    public Draft config(String value) {
      this.config = value;
      return this;
    }

    public Draft runFolder(String value) {
      this.runFolder = value;
      return this;
    }

    public Draft samplingRateHz(int value) {
      return samplingRateHz(OptionalInt.of(value));
    }

    public Draft samplingRateHz(OptionalInt value) {
      this.samplingRateHz = value;
      return this;
    }

    public Draft maxSteps(long value) {
      this.maxSteps = value;
      return this;
    }

    public Draft phaseOneSteps(long value) {
      return phaseOneSteps(OptionalLong.of(value));
    }

    public Draft phaseOneSteps(OptionalLong value) {
      this.phaseOneSteps = value;
      return this;
    }

    public Draft validateEvery(long value) {
      this.validateEvery = OptionalLong.of(value);
      return this;
    }

    public Draft saveEvery(long value) {
      this.saveEvery = OptionalLong.of(value);
      return this;
    }

    public Draft latestEvery(long value) {
      this.latestEvery = OptionalLong.of(value);
      return this;
    }

    public Draft batch(int value) {
      this.batch = OptionalInt.of(value);
      return this;
    }

    public Draft signalSamples(int value) {
      this.signalSamples = OptionalInt.of(value);
      return this;
    }

    public Draft seed(long value) {
      this.seed = OptionalLong.of(value);
      return this;
    }

    /** No is the default and is left out. */
    public Draft featureMatchingTwice(boolean value) {
      this.featureMatchingTwice = value ? Optional.of(true) : Optional.empty();
      return this;
    }

    /** No is the default and is left out. */
    public Draft allowSmallerConfig(boolean value) {
      this.allowSmallerConfig = value ? Optional.of(true) : Optional.empty();
      return this;
    }

    public Draft followUp(AuditPlan value) {
      return followUp(Optional.of(value));
    }

    public Draft followUp(Optional<AuditPlan> value) {
      this.followUp = value;
      return this;
    }

    public Draft trainer(Trainer value) {
      return trainer(value == Trainer.NATIVE ? Optional.empty() : Optional.of(value));
    }

    public Draft trainer(Optional<Trainer> value) {
      this.trainer = value;
      return this;
    }

    public Draft features(TrainFeatures value) {
      return features(Optional.of(value));
    }

    public Draft features(Optional<TrainFeatures> value) {
      this.features = value;
      return this;
    }

    /** No is the default and is left out. */
    public Draft rehearse(boolean value) {
      this.rehearse = value ? Optional.of(true) : Optional.empty();
      return this;
    }

    /**
     * @throws IllegalArgumentException that names the field that is off
     */
    public TrainSpec build() {
      return new TrainSpec(
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
          features,
          rehearse);
    }
  }
}
