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

  /**
   * To make a request: name what differs from the guide's defaults, then build. Plain runs on one
   * thread of the processor are the default.
   */
  public static Draft draft(String name, String config, Path datasetFolder, Path runFolder) {
    return new Draft(name, config, datasetFolder, runFolder);
  }

  /** To make another request out of this one. */
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
    draft.device = device;
    draft.threads = threads;
    draft.featureMatchingTwice = featureMatchingTwice;
    draft.trainer = trainer;
    draft.features = features;
    draft.rehearse = rehearse;
    return draft;
  }

  /** The same run with other features. */
  public TrainRequest with(TrainingFeatures others) {
    return toDraft().features(others).build();
  }

  /** The same request, as a rehearsal. */
  public TrainRequest asRehearsal() {
    return toDraft().rehearse(true).build();
  }

  /** A request being made. What is not named has the guide's default. */
  public static final class Draft {
    private final String name;
    private String config;
    private final Path datasetFolder;
    private Path runFolder;
    private int samplingRateHz = 48_000;
    private long maxSteps = 3_000_000;
    private OptionalLong phaseOneSteps = OptionalLong.empty();
    private long validateEvery = 10_000;
    private long saveEvery = 50_000;
    private long latestEvery = 1_000;
    private int batch = 8;
    private int signalSamples = 131_072;
    private long seed;
    private String device = "cpu";
    private int threads = 1;
    private boolean featureMatchingTwice;
    private Optional<TrainerKind> trainer = Optional.empty();
    private Optional<TrainingFeatures> features = Optional.empty();
    private Optional<Boolean> rehearse = Optional.empty();

    private Draft(String name, String config, Path datasetFolder, Path runFolder) {
      this.name = name;
      this.config = config;
      this.datasetFolder = datasetFolder;
      this.runFolder = runFolder;
    }

    public Draft config(String value) {
      this.config = value;
      return this;
    }

    public Draft runFolder(Path value) {
      this.runFolder = value;
      return this;
    }

    public Draft samplingRateHz(int value) {
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
      this.validateEvery = value;
      return this;
    }

    public Draft saveEvery(long value) {
      this.saveEvery = value;
      return this;
    }

    public Draft latestEvery(long value) {
      this.latestEvery = value;
      return this;
    }

    public Draft batch(int value) {
      this.batch = value;
      return this;
    }

    public Draft signalSamples(int value) {
      this.signalSamples = value;
      return this;
    }

    public Draft seed(long value) {
      this.seed = value;
      return this;
    }

    public Draft device(String value) {
      this.device = value;
      return this;
    }

    public Draft threads(int value) {
      this.threads = value;
      return this;
    }

    public Draft featureMatchingTwice(boolean value) {
      this.featureMatchingTwice = value;
      return this;
    }

    public Draft trainer(TrainerKind value) {
      return trainer(value == TrainerKind.NATIVE ? Optional.empty() : Optional.of(value));
    }

    public Draft trainer(Optional<TrainerKind> value) {
      this.trainer = value;
      return this;
    }

    public Draft features(TrainingFeatures value) {
      return features(Optional.of(value));
    }

    public Draft features(Optional<TrainingFeatures> value) {
      this.features = value;
      return this;
    }

    /** No is the default and is left out. */
    public Draft rehearse(boolean value) {
      this.rehearse = value ? Optional.of(true) : Optional.empty();
      return this;
    }

    /** As it stands; the trainer checks it. */
    public TrainRequest build() {
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
          features,
          rehearse);
    }
  }
}
