package dev.morphene.rave.official;

import dev.morphene.rave.dataset.TrainingDataset;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.ProcessReporter;
import dev.morphene.rave.process.StopSignal;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.training.DatasetSplit;
import dev.morphene.rave.training.RunRecipe;
import dev.morphene.rave.training.TrainResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Trains by the official command {@code rave} 2.3: checks what it would find out late or never,
 * starts it in the run's folder from its newest checkpoint, and follows it to its end.
 */
public final class OfficialTrainer {
  /** The program ends after so many, whatever {@code maxSteps} says. */
  private static final long EPOCHS_AT_MOST = 300_000;

  /** Components that phase 1 looks for in the latents of the validation set, with most configs. */
  private static final int COMPONENTS = 128;

  /** Configs of 128 components and 2,048 samples a latent frame. */
  private static final List<String> COARSE_CONFIGS = List.of("v1", "v2", "v3");

  private static final int COARSE_RATIO = 2048;

  private final Map<String, String> environment;
  private final Patience patience;
  private final LongSupplier nanoTicker;

  OfficialTrainer(Map<String, String> environment, Patience patience, LongSupplier nanoTicker) {
    this.environment = environment;
    this.patience = patience;
    this.nanoTicker = nanoTicker;
  }

  /** With this process's environment, which says where the program is and which GPU it may use. */
  public static OfficialTrainer here() {
    return new OfficialTrainer(System.getenv(), Patience.STANDARD, System::nanoTime);
  }

  /**
   * Trains to the last step.
   *
   * @throws dev.morphene.rave.process.JobStopped after a stop command; the steps since the newest
   *     checkpoint are lost
   * @throws JobFailure when it cannot be done or the program failed
   */
  public TrainResult train(TrainRequest request, ProcessReporter reporter, StopSignal signal)
      throws InterruptedException {
    int channels;
    int items;
    try (TrainingDataset dataset = TrainingDataset.open(request.datasetFolder())) {
      checkDataset(request, dataset);
      channels = dataset.channels();
      items = dataset.size();
    }
    OfficialArguments.of(request, channels, request.runFolder(), Optional.empty());
    warn(request, reporter);
    Map<String, String> programs =
        OfficialEnvironment.of(environment, request.device(), request.threads());
    OfficialProgram program = OfficialProgram.find(environment);
    OfficialRunFolder folder =
        OfficialRunFolder.of(
            request.runFolder(), RunRecipe.ofOfficial(request, channels), reporter::warning);
    OfficialCheckpoints checkpoints = new OfficialCheckpoints(folder.path());
    try {
      checkpoints.look(true, reporter::warning);
      Optional<OfficialCheckpoint> newest = checkpoints.newest();
      long step = newest.map(OfficialCheckpoint::step).orElse(0L);
      if (step >= request.maxSteps()) {
        return RunResult.of(step, request, folder, checkpoints);
      }
      program.checkVersion(
          programs, patience.help(), nanoTicker, () -> signal.throwIfStopped(step));
      folder.begin();
      EventFolder events = new EventFolder(folder.path(), reporter::warning);
      List<String> command =
          program.with(
              OfficialArguments.of(
                  request, channels, folder.path(), newest.map(OfficialCheckpoint::path)));
      try (TrainerProcess process = TrainerProcess.start(command, programs, folder.path())) {
        return new OfficialTraining(
                request,
                folder,
                checkpoints,
                step,
                events,
                new TrainerOutput(DatasetSplit.of(items).training().length, request.batch()),
                process,
                reporter,
                signal,
                patience.forDataset(bytes(request.datasetFolder())),
                nanoTicker)
            .run();
      }
    } catch (IOException e) {
      throw new JobFailure(
          FailureClass.STORAGE,
          "The official trainer could not be started in "
              + folder.path()
              + ": "
              + e.getMessage()
              + "; mend the folder, and install setsid (util-linux) if that is missing.",
          e);
    }
  }

  private static long bytes(Path datasetFolder) throws IOException {
    return Files.size(datasetFolder.resolve("data.mdb"));
  }

  /** What the program has no flag for. */
  private static void warn(TrainRequest request, ProcessReporter reporter) {
    if (request.seed() != 0) {
      reporter.warning("The official trainer takes no seed; this run cannot be repeated exactly.");
    }
  }

  private static void checkDataset(TrainRequest request, TrainingDataset dataset) {
    if (dataset.samplingRateHz() != request.samplingRateHz()) {
      throw refused(
          "The dataset is at "
              + dataset.samplingRateHz()
              + " Hz, the request at "
              + request.samplingRateHz()
              + " Hz; train at "
              + dataset.samplingRateHz()
              + " or preprocess again.");
    }
    require(request.batch() >= 1, "batch is at least 1", request.batch());
    require(request.maxSteps() >= 1, "maxSteps is at least 1", request.maxSteps());
    require(request.validateEvery() >= 1, "validateEvery is at least 1", request.validateEvery());
    require(request.saveEvery() >= 1, "saveEvery is at least 1", request.saveEvery());
    require(request.threads() >= 1, "threads is at least 1", request.threads());
    DatasetSplit split = DatasetSplit.of(dataset.size());
    long batches = split.training().length / request.batch();
    if (batches == 0) {
      throw refused(
          "The dataset trains with "
              + split.training().length
              + " chunks, fewer than a batch of "
              + request.batch()
              + "; use a smaller batch or more recordings.");
    }
    if (request.maxSteps() / batches >= EPOCHS_AT_MOST) {
      throw refused(
          "The official trainer stops after 300,000 epochs, which are "
              + EPOCHS_AT_MOST * batches
              + " steps with this dataset; use more recordings, a smaller batch or fewer steps.");
    }
    long frames = (long) split.validation().length * (request.signalSamples() / COARSE_RATIO);
    String config = OfficialArguments.configs(request.config()).get(0).replace(".gin", "");
    if (COARSE_CONFIGS.contains(config)
        && frames < COMPONENTS
        && request.validateEvery() <= request.maxSteps()) {
      throw refused(
          "The dataset is too short: the official trainer would fail at its first validation, which"
              + " needs "
              + COMPONENTS
              + " latent frames and has "
              + frames
              + "; preprocess at least five minutes of recordings.");
    }
  }

  private static void require(boolean holds, String rule, Object got) {
    if (!holds) {
      throw refused(rule + "; got " + got + ".");
    }
  }

  private static JobFailure refused(String message) {
    return new JobFailure(FailureClass.BAD_INPUT, message);
  }
}
