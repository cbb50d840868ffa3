package dev.morphene.rave.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.rave.checkpoint.CheckpointStore;
import dev.morphene.rave.dataset.TrainingDataset;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.JobRunner;
import dev.morphene.rave.process.ProcessJson;
import dev.morphene.rave.process.ProcessReporter;
import dev.morphene.rave.process.StopSignal;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.Map;
import java.util.OptionalInt;

/** The training job: checks the request, opens dataset and libtorch, and runs to the last step. */
public final class TrainRunner implements JobRunner<TrainRequest> {

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
    check(request);
    try (TrainingDataset dataset = TrainingDataset.open(request.datasetFolder())) {
      RaveConfig config = config(request, dataset.channels());
      checkRate(request, dataset.samplingRateHz());
      BatchSource batches =
          new BatchSource(
              new DatasetItems(dataset), request.batch(), request.signalSamples(), request.seed());
      CheckpointStore store =
          CheckpointStore.open(
              request.runFolder().resolve("checkpoints"),
              step -> step % request.saveEvery() == 0 || step == request.maxSteps());
      try (TorchRuntime runtime = TorchRuntime.open(request.device(), request.threads());
          Trainer trainer =
              new Trainer(runtime, config, request.seed(), request.featureMatchingTwice())) {
        TrainingRun run =
            new TrainingRun(request, config, batches, store, trainer, reporter, signal);
        return ProcessJson.mapper().valueToTree(run.run());
      }
    }
  }

  private static void check(TrainRequest request) {
    require(request.maxSteps() >= 1, "maxSteps is at least 1", request.maxSteps());
    require(
        request.phaseOneSteps().orElse(1) >= 1,
        "phaseOneSteps is at least 1",
        request.phaseOneSteps());
    require(request.validateEvery() >= 1, "validateEvery is at least 1", request.validateEvery());
    require(request.saveEvery() >= 1, "saveEvery is at least 1", request.saveEvery());
    require(request.latestEvery() >= 1, "latestEvery is at least 1", request.latestEvery());
    require(request.batch() >= 1, "batch is at least 1", request.batch());
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
