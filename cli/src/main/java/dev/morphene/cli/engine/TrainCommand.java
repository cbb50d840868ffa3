package dev.morphene.cli.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.agent.child.SpecTranslation;
import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.cli.progress.ProgressBar;
import dev.morphene.cli.progress.Terminal;
import dev.morphene.gpu.telemetry.GpuTelemetryChoice;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.rave.dataset.TrainingDataset;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.ProcessLine;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.process.TrainerKind;
import dev.morphene.rave.torch.TorchBuild;
import dev.morphene.rave.training.TrainRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code morphene train}: a training run, here and now. */
@Command(
    name = "train",
    description = {
      "Trains a model on a dataset, here and now, without a queue.",
      "The run goes into --out_path: checkpoints/ and config.json. Where checkpoints are there"
          + " already, the newest one is continued. Ctrl-C writes one first, so the same command"
          + " goes on where it was stopped (the official trainer writes none).",
      "With MORPHENE_PRACTICE=1 it becomes a run of a minute, for learning (docs/practice.md)."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example:",
      "  morphene train --name pyroviolin --config v2 \\",
      "      --db_path training_data/pyroviolin --out_path models/pyroviolin \\",
      "      --save_every 50000 --gpu 0"
    })
public final class TrainCommand implements Callable<Integer> {
  private static final long LONGEST_BETWEEN_ROLLING = 1_000;
  private static final int NOISE_HZ = 48_000;
  private static final String NATIVE = "native";
  private static final String RAVE = "rave";

  /** Names of the official trainer, short enough for a line. */
  private static final Map<String, String> SHOWN_LOSSES =
      Map.of(
          "fullband_spectral_distance", "fullband",
          "multiband_spectral_distance", "multiband",
          "adversarial", "adversarial",
          "loss_dis", "discriminator");

  @Option(
      names = "--name",
      paramLabel = "N",
      required = true,
      description = "Name of the instrument.")
  private String name;

  @Option(
      names = "--config",
      paramLabel = "C",
      description =
          "v1, v2, v2_small, v3, discrete, onnx, raspberry or tiny, and overlays after commas"
              + " (v2,causal); or any of the official trainer's own. Default ${DEFAULT-VALUE}.")
  private String config = "v2";

  @Option(
      names = {"--db_path", "--db-path"},
      paramLabel = "D",
      required = true,
      description = "Dataset, written by morphene preprocess or rave preprocess.")
  private Path dataset;

  @Option(
      names = {"--out_path", "--out-path"},
      paramLabel = "O",
      description = "Run folder; needed unless --rehearse.")
  private Path output;

  @Option(
      names = {"--max_steps", "--max-steps"},
      paramLabel = "N",
      description = "Step at which the run is complete; default ${DEFAULT-VALUE}.")
  private long maxSteps = 3_000_000;

  @Option(
      names = {"--val_every", "--val-every"},
      paramLabel = "N",
      description = "Steps between validations; default ${DEFAULT-VALUE}.")
  private long validateEvery = 10_000;

  @Option(
      names = {"--save_every", "--save-every"},
      paramLabel = "N",
      description = "Steps between checkpoints kept for good; default ${DEFAULT-VALUE}.")
  private long saveEvery = 50_000;

  @Option(
      names = {"--batch", "--batch_size", "--batch-size"},
      paramLabel = "N",
      description = "Items a step; default ${DEFAULT-VALUE}.")
  private int batch = 8;

  @Option(
      names = "--gpu",
      paramLabel = "N",
      description =
          "GPU to train on: its number, its UUID (GPU-...), or -1 for the processor; default"
              + " ${DEFAULT-VALUE}. A build without CUDA computes on the processor and says so, and"
              + " refuses a UUID.")
  private String gpu = "0";

  @Option(
      names = {"--n_signal", "--n-signal"},
      paramLabel = "N",
      description = "Samples of an item, a multiple of the config's ratio; default 131072.")
  private int signalSamples = 131_072;

  @Option(
      names = {"--phase_one_steps", "--phase-one-steps"},
      paramLabel = "N",
      description = "Steps of the first phase, before the discriminators; default the config's.")
  private Long phaseOneSteps;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Two runs with the same seed are equal; default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--trainer",
      paramLabel = "T",
      description = "native or rave, the installed official trainer; default ${DEFAULT-VALUE}.")
  private String trainer = NATIVE;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Processor threads; default: all there are.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--rehearse",
      description =
          "Train 60 steps of each phase, write nothing, and tell peak memory and seconds of a step"
              + " as JSON. Without a dataset in --db_path it is done with noise at 48000 Hz.")
  private boolean rehearse;

  @Mixin private final FeatureOptions features = new FeatureOptions();

  @Override
  public Integer call() throws InterruptedException {
    checkOptions();
    GpuChoice choice = GpuChoice.of(gpu);
    GpuChoice.Place place =
        choice.place(
            isOfficial() || TorchBuild.isForCuda(),
            () ->
                GpuTelemetryChoice.choose(
                    GpuTelemetryChoice.Settings.standard(List.of()), InstantSource.system()));
    Practice.Numbers numbers = numbers();
    TrainRequest request = request(numbers, place.device());
    if (!isOfficial()) {
      checkNative(request, choice);
    }
    if (rehearse) {
      return EngineSession.within(
          threads,
          place.environment(),
          "Stopping the rehearsal.",
          session -> rehearse(session, request));
    }
    OutputFolder run = OutputFolder.make(output);
    try (RunLock lock = RunLock.take(run.path())) {
      return EngineSession.within(
          threads,
          place.environment(),
          isOfficial()
              ? "Stopping the official trainer; the same command goes on from its newest"
                  + " checkpoint."
              : "Stopping: a checkpoint is written after the step in progress.",
          session -> train(session, request));
    } finally {
      run.removeEmpty();
    }
  }

  private void checkOptions() {
    if (!trainer.equals(NATIVE) && !trainer.equals(RAVE)) {
      throw new CommandFailure(
          ExitCode.USAGE, "--trainer is native or rave, not \"" + trainer + "\".");
    }
    if (isOfficial() && Practice.isOn()) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "A practice run has the config tiny, which the official trainer does not know; leave"
              + " --trainer at native or unset "
              + Practice.VARIABLE
              + ".");
    }
    if (name.isBlank()) {
      throw new CommandFailure(ExitCode.USAGE, "--name is empty; name the instrument.");
    }
    if (output == null && !rehearse) {
      throw new CommandFailure(ExitCode.USAGE, "--out_path is missing; name a run folder.");
    }
    if (rehearse && isOfficial()) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "--rehearse is for the native trainer; leave --trainer at native or rehearse with"
              + " --trainer rave and a few --max_steps in a folder of its own.");
    }
    if (threads < 1) {
      throw new CommandFailure(ExitCode.USAGE, "--threads is 1 or more, not " + threads + ".");
    }
  }

  private boolean isOfficial() {
    return trainer.equals(RAVE);
  }

  private static void checkNative(TrainRequest request, GpuChoice choice) {
    try {
      TrainRunner.check(request);
    } catch (JobFailure outOfRange) {
      throw new CommandFailure(ExitCode.USAGE, outOfRange.getMessage(), outOfRange);
    }
    if (choice instanceof GpuChoice.Numbered numbered && !TorchBuild.isForCuda()) {
      System.err.println(
          "morphene: this build's libtorch computes on the processor, so GPU "
              + numbered.index()
              + " is not used; build with -Pcuda, or say --gpu -1.");
    }
  }

  private Practice.Numbers numbers() {
    Practice.Numbers asked =
        new Practice.Numbers(
            config,
            maxSteps,
            phaseOneSteps == null ? OptionalLong.empty() : OptionalLong.of(phaseOneSteps),
            validateEvery,
            saveEvery,
            batch,
            signalSamples);
    if (!Practice.isOn()) {
      return asked;
    }
    Practice.notice(asked).ifPresent(System.err::println);
    return Practice.apply(asked);
  }

  private TrainRequest request(Practice.Numbers numbers, String device) {
    // A rehearsal writes nothing, so any folder is right.
    Path runFolder = output == null ? dataset : output;
    return TrainRequest.draft(
            name,
            numbers.config(),
            dataset.toAbsolutePath().normalize(),
            runFolder.toAbsolutePath().normalize())
        .samplingRateHz(datasetHz())
        .maxSteps(numbers.maxSteps())
        .phaseOneSteps(numbers.phaseOneSteps())
        .validateEvery(numbers.validateEvery())
        .saveEvery(numbers.saveEvery())
        .latestEvery(Math.min(LONGEST_BETWEEN_ROLLING, Math.max(1, numbers.saveEvery())))
        .batch(numbers.batch())
        .signalSamples(numbers.signalSamples())
        .seed(seed)
        .device(device)
        .threads(threads)
        .featureMatchingTwice(features.isFeatureMatchingTwice())
        .trainer(isOfficial() ? TrainerKind.RAVE : TrainerKind.NATIVE)
        .features(features.features().map(SpecTranslation::features))
        .rehearse(rehearse)
        .build();
  }

  private int datasetHz() {
    if (!Files.isRegularFile(dataset.resolve("data.mdb"))) {
      if (rehearse && !Files.exists(dataset)) {
        System.err.println(
            "morphene: there is no dataset in " + dataset + " yet, so noise is used.");
        return NOISE_HZ;
      }
      throw new CommandFailure(
          ExitCode.NOT_FOUND,
          "There is no dataset in "
              + dataset
              + " (data.mdb is missing); write one with morphene preprocess.");
    }
    try (TrainingDataset opened = TrainingDataset.open(dataset)) {
      return opened.samplingRateHz();
    } catch (JobFailure unreadable) {
      throw new CommandFailure(ExitCode.FAILED, unreadable.getMessage(), unreadable);
    }
  }

  private int train(EngineSession session, TrainRequest request) throws InterruptedException {
    System.out.printf(
        Locale.ROOT,
        "Training %s in %s: config %s, %,d steps, batch %d%n",
        request.name(),
        request.runFolder(),
        request.config(),
        request.maxSteps(),
        request.batch());
    try (ProgressBar bar = ProgressBar.standard()) {
      Story story = new Story(bar, request.maxSteps());
      JsonNode result = session.run(JobKind.TRAIN, request, story::tell);
      bar.close();
      System.out.println(summary(request, result));
    }
    return ExitCode.OK;
  }

  /** The report alone is on standard output, for a program to read. */
  private static int rehearse(EngineSession session, TrainRequest request)
      throws InterruptedException {
    try (ProgressBar bar = new ProgressBar(new Terminal(System.err, false), System::nanoTime)) {
      Story story = new Story(bar, Long.MAX_VALUE);
      JsonNode result = session.run(JobKind.TRAIN, request, story::tell);
      bar.close();
      JsonOutput.print(System.out, result);
    }
    return ExitCode.OK;
  }

  private static String summary(TrainRequest request, JsonNode result) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s is trained to step %,d",
            request.name(),
            result.path("steps").asLong()));
    if (result.path("lastValidation").has("distance")) {
      text.append(
          String.format(
              Locale.ROOT,
              "; validation distance %.3f, %.3f at the start",
              result.path("lastValidation").path("distance").asDouble(),
              result.path("firstValidation").path("distance").asDouble()));
    }
    if (result.has("endedEarly")) {
      text.append("; ended early: ").append(result.path("endedEarly").path("message").asText());
    }
    if (result.has("peakResidentBytes")) {
      text.append("; peak memory ").append(new ByteSize(result.path("peakResidentBytes").asLong()));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%n%d checkpoints are in %s",
            result.path("checkpoints").size(),
            request.runFolder().resolve("checkpoints")));
    return text.toString();
  }

  /** Tells a run as it goes. */
  private static final class Story {
    private final ProgressBar bar;
    private final long maxSteps;
    private boolean begun;

    Story(ProgressBar bar, long maxSteps) {
      this.bar = bar;
      this.maxSteps = maxSteps;
    }

    void tell(ProcessLine line) {
      if (line instanceof ProcessLine.Progress progress) {
        if (!begun && progress.step() > 0) {
          bar.print(
              progress.step() >= maxSteps
                  ? "The run is complete already."
                  : String.format(Locale.ROOT, "Going on from step %,d.", progress.step()));
        }
        begun = true;
        bar.show(progress.stage(), progress.step(), progress.totalSteps(), figures(progress));
      } else if (line instanceof ProcessLine.Validation validation) {
        bar.print(
            String.format(
                Locale.ROOT,
                "step %,d: validation distance %.3f",
                validation.step(),
                validation.distance()));
      } else if (line instanceof ProcessLine.CheckpointWritten written) {
        bar.print(
            String.format(
                Locale.ROOT,
                "step %,d: checkpoint %s",
                written.step(),
                written.path().getFileName()));
      } else if (line instanceof ProcessLine.Health health) {
        bar.warn(
            String.format(
                Locale.ROOT,
                "morphene: %s at step %,d. %s",
                health.condition().word(),
                health.step(),
                health.message()));
      } else if (line instanceof ProcessLine.Warning warning) {
        bar.warn("morphene: " + warning.message());
      }
    }

    private static List<String> figures(ProcessLine.Progress progress) {
      List<String> figures = new ArrayList<>();
      progress.measures().entrySet().stream()
          .filter(measure -> SHOWN_LOSSES.containsKey(measure.getKey()))
          .sorted(Map.Entry.comparingByKey(TrainCommand::byImportance))
          .forEach(
              measure ->
                  figures.add(
                      String.format(
                          Locale.ROOT,
                          "%s %.3f",
                          SHOWN_LOSSES.get(measure.getKey()),
                          measure.getValue())));
      // Before the lesser losses, which a narrow terminal has no room for.
      figures.add(Math.min(1, figures.size()), new ByteSize(progress.residentBytes()).toString());
      return figures;
    }
  }

  /** The full-band distance first: it is what validations measure. */
  private static int byImportance(String one, String other) {
    List<String> order =
        List.of(
            "fullband_spectral_distance", "adversarial", "loss_dis", "multiband_spectral_distance");
    return Integer.compare(order.indexOf(one), order.indexOf(other));
  }
}
