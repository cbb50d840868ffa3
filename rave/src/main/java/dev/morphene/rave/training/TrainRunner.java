package dev.morphene.rave.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.rave.checkpoint.CheckpointStore;
import dev.morphene.rave.dataset.TrainingDataset;
import dev.morphene.rave.model.LatentSpace;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.official.OfficialRunFolder;
import dev.morphene.rave.official.OfficialTrainer;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.JobRunner;
import dev.morphene.rave.process.Precision;
import dev.morphene.rave.process.ProcessJson;
import dev.morphene.rave.process.ProcessReporter;
import dev.morphene.rave.process.StopSignal;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.process.TrainerKind;
import dev.morphene.rave.process.TrainingFeatures;
import dev.morphene.rave.torch.TorchRuntime;
import dev.morphene.rave.training.health.HealthWatch;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * The training job: checks the request, opens dataset and libtorch, and runs to the last step; or
 * has the official trainer do it, when the request names that.
 */
public final class TrainRunner implements JobRunner<TrainRequest> {
  private final LongSupplier nanoTicker;

  public TrainRunner() {
    this(System::nanoTime);
  }

  /**
   * @param nanoTicker nanoseconds since any moment
   */
  TrainRunner(LongSupplier nanoTicker) {
    this.nanoTicker = nanoTicker;
  }

  @Override
  public Map<String, String> recipe(TrainRequest request) {
    return RunRecipe.ofMemory(request, channels(request));
  }

  /** A dataset that cannot be read is the run's failure to tell, not the hello line's. */
  private static OptionalInt channels(TrainRequest request) {
    try (TrainingDataset dataset = TrainingDataset.open(request.datasetFolder())) {
      return OptionalInt.of(dataset.channels());
    } catch (JobFailure unreadable) {
      return OptionalInt.empty();
    }
  }

  @Override
  public String device(TrainRequest request) {
    return request.device();
  }

  @Override
  public JsonNode run(TrainRequest request, ProcessReporter reporter, StopSignal signal)
      throws InterruptedException {
    if (request.trainer().equals(Optional.of(TrainerKind.RAVE))) {
      return ProcessJson.mapper()
          .valueToTree(OfficialTrainer.here().train(request, reporter, signal));
    }
    check(request);
    doubt(request).ifPresent(reporter::warning);
    if (request.rehearse().orElse(false)) {
      return ProcessJson.mapper().valueToTree(rehearse(request, reporter, signal));
    }
    OfficialRunFolder.refuseOfficial(request.runFolder());
    try (TrainingDataset dataset = TrainingDataset.open(request.datasetFolder())) {
      RaveConfig config = config(request, dataset.channels());
      checkRate(request, dataset.samplingRateHz());
      BatchSource batches = batches(new DatasetItems(dataset), request);
      CheckpointStore store =
          CheckpointStore.open(
              request.runFolder().resolve("checkpoints"),
              step -> step % request.saveEvery() == 0 || step == request.maxSteps());
      try (TorchRuntime runtime = TorchRuntime.open(request.device(), request.threads());
          Trainer trainer = trainer(runtime, config, request)) {
        TrainingRun run =
            new TrainingRun(
                request,
                config,
                batches,
                store,
                trainer,
                reporter,
                signal,
                HealthWatch.of(
                    config.latent().kind() == LatentSpace.Kind.VARIATIONAL,
                    config.discriminator().count()),
                nanoTicker);
        return ProcessJson.mapper().valueToTree(run.run());
      }
    }
  }

  private static BatchSource batches(AudioItems items, TrainRequest request) {
    return new BatchSource(
        items, request.batch(), request.signalSamples(), request.seed(), features(request));
  }

  private static Trainer trainer(TorchRuntime runtime, RaveConfig config, TrainRequest request) {
    return new Trainer(
        runtime, config, request.seed(), request.featureMatchingTwice(), features(request));
  }

  private static TrainingFeatures features(TrainRequest request) {
    return request.features().orElse(TrainingFeatures.none());
  }

  /** With the dataset's recordings, or with noise where there is no dataset yet. */
  private RehearsalResult rehearse(
      TrainRequest request, ProcessReporter reporter, StopSignal signal)
      throws InterruptedException {
    if (!Files.exists(request.datasetFolder())) {
      // As many as fill a batch with something left to validate on, as long as a preprocess job
      // cuts them.
      return rehearse(
          request,
          new NoiseItems(
              2 * request.batch() + 2, 1, request.samplingRateHz(), 2 * request.signalSamples()),
          false,
          reporter,
          signal);
    }
    try (TrainingDataset dataset = TrainingDataset.open(request.datasetFolder())) {
      checkRate(request, dataset.samplingRateHz());
      return rehearse(request, new DatasetItems(dataset), true, reporter, signal);
    }
  }

  private RehearsalResult rehearse(
      TrainRequest request,
      AudioItems items,
      boolean realData,
      ProcessReporter reporter,
      StopSignal signal)
      throws InterruptedException {
    BatchSource batches = batches(items, request);
    RaveConfig config = config(request, items.channels()).withPhaseOneSteps(Rehearsal.STEPS);
    try (TorchRuntime runtime = TorchRuntime.open(request.device(), request.threads());
        Trainer trainer = trainer(runtime, config, request)) {
      trainer.measureReceptiveField().check(config, request.signalSamples());
      return new Rehearsal(
              trainer, batches, Rehearsal.STEPS, realData, reporter, signal, nanoTicker)
          .run();
    }
  }

  /** What can be done as asked and is hardly meant. */
  static Optional<String> doubt(TrainRequest request) {
    return features(request).precision() == Precision.BF16 && request.device().equals("cpu")
        ? Optional.of(
            "On a processor bf16 is slower and learns worse than fp32, since sums are rounded too;"
                + " leave --precision out or train on a GPU.")
        : Optional.empty();
  }

  /**
   * Checks the numbers of a request; reads no file.
   *
   * @throws JobFailure BAD_INPUT that names the first one that is off
   */
  public static void check(TrainRequest request) {
    require(request.maxSteps() >= 1, "maxSteps is at least 1", request.maxSteps());
    require(
        request.phaseOneSteps().orElse(1) >= 1,
        "phaseOneSteps is at least 1",
        request.phaseOneSteps());
    require(request.validateEvery() >= 1, "validateEvery is at least 1", request.validateEvery());
    require(request.saveEvery() >= 1, "saveEvery is at least 1", request.saveEvery());
    require(request.latestEvery() >= 1, "latestEvery is at least 1", request.latestEvery());
    require(request.batch() >= 1, "batch is at least 1", request.batch());
    check(features(request));
    RaveConfig config = RaveConfig.preset(request.config(), request.samplingRateHz());
    int ratio = config.compressionRatio();
    int signal = request.signalSamples();
    if (signal < 1 || signal % ratio != 0) {
      long nearest = Math.max(1, (Math.max(signal, 1) + ratio - 1L) / ratio) * ratio;
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "signalSamples is a multiple of "
              + ratio
              + " with the config "
              + config.name()
              + "; use "
              + nearest
              + " instead of "
              + signal
              + ".");
    }
  }

  private static void check(TrainingFeatures features) {
    features
        .randomPitch()
        .ifPresent(
            range ->
                require(
                    range.lowest() > 0 && range.lowest() <= range.highest(),
                    "randomPitch is two factors, the lower one first",
                    range));
    features
        .emaFactor()
        .ifPresent(
            factor -> require(factor > 0 && factor < 1, "emaFactor is between 0 and 1", factor));
    require(
        features.augmentations().stream().distinct().count() == features.augmentations().size(),
        "augmentations are named once each",
        features.augmentations());
  }

  private static void require(boolean holds, String rule, Object got) {
    if (!holds) {
      throw new JobFailure(FailureClass.BAD_INPUT, rule + "; got " + got + ".");
    }
  }

  private static RaveConfig config(TrainRequest request, int channels) {
    RaveConfig preset =
        RaveConfig.preset(request.config(), request.samplingRateHz()).withChannels(channels);
    return request.phaseOneSteps().isPresent()
        ? preset.withPhaseOneSteps(request.phaseOneSteps().getAsLong())
        : preset;
  }

  private static void checkRate(TrainRequest request, int datasetHz) {
    if (datasetHz != request.samplingRateHz()) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "The dataset is at "
              + datasetHz
              + " Hz, the request at "
              + request.samplingRateHz()
              + " Hz; train at "
              + datasetHz
              + " or preprocess again.");
    }
  }

  /** A dataset as the trainer sees it. */
  private record DatasetItems(TrainingDataset dataset) implements AudioItems {
    @Override
    public int size() {
      return dataset.size();
    }

    @Override
    public int channels() {
      return dataset.channels();
    }

    @Override
    public int samplingRateHz() {
      return dataset.samplingRateHz();
    }

    @Override
    public int chunkSamples() {
      return dataset.chunkSamples();
    }

    @Override
    public float[] read(int index) {
      return dataset.read(index);
    }
  }
}
