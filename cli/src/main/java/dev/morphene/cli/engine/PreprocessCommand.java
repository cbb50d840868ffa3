package dev.morphene.cli.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.output.Table;
import dev.morphene.cli.progress.ProgressBar;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.rave.audio.LoudnessTarget;
import dev.morphene.rave.audio.SampleFormat;
import dev.morphene.rave.dataset.DatasetWriter;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.PreprocessRequest;
import dev.morphene.rave.process.ProcessLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code morphene preprocess}: recordings to a dataset, here and now. */
@Command(
    name = "preprocess",
    description = {
      "Makes a training dataset of recordings, here and now, without a queue.",
      "Each recording is made mono (or stereo) at the dataset's rate, trimmed of silence and"
          + " brought to -14 LUFS under a true peak of -1 dB; recordings that are so already stay"
          + " as they are. The recordings themselves are never changed (docs/audio.md).",
      "A folder named processed without files of your own is filled from the folder raw beside it."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example:",
      "  morphene preprocess --input_path sources/pyroviolin/musical/processed \\",
      "      --input_path sources/pyroviolin/nonmusical/processed \\",
      "      --output_path training_data/pyroviolin --sampling_rate 48000"
    })
public final class PreprocessCommand implements Callable<Integer> {
  private static final int LONGEST_SIGNAL = 1 << 24;

  @Option(
      names = {"--input_path", "--input-path"},
      paramLabel = "P",
      required = true,
      description =
          "Folder, searched with all below it, or file; may be given several times. A folder"
              + " musical or nonmusical on the way says which they are; else the first is musical.")
  private List<Path> inputs;

  @Option(
      names = {"--output_path", "--output-path"},
      paramLabel = "P",
      required = true,
      description = "Folder that becomes the dataset; a dataset that is there is replaced.")
  private Path output;

  @Option(
      names = {"--sampling_rate", "--sampling-rate"},
      paramLabel = "HZ",
      description = "Default ${DEFAULT-VALUE}.")
  private int samplingRateHz = 48_000;

  @Option(names = "--channels", paramLabel = "N", description = "1 or 2; default ${DEFAULT-VALUE}.")
  private int channels = 1;

  @Option(
      names = {"--n_signal", "--n-signal", "--num_signal", "--num-signal"},
      paramLabel = "N",
      description = "Half the samples of a stored chunk; default ${DEFAULT-VALUE}.")
  private int signalSamples = 131_072;

  @Option(
      names = {"--remove_clicks", "--remove-clicks"},
      description = "Repair clicks first.")
  private boolean removeClicks;

  @Option(
      names = {"--remove_noise", "--remove-noise"},
      description = "Reduce steady noise first.")
  private boolean removeNoise;

  @Override
  public Integer call() throws InterruptedException {
    checkNumbers();
    RecordingPlan.requireAll(inputs);
    Path dataset = output.toAbsolutePath().normalize();
    if (dataset.getParent() == null) {
      throw new CommandFailure(
          ExitCode.USAGE, "The dataset cannot be the root folder; name one below it.");
    }
    OutputFolder parent = OutputFolder.make(dataset.getParent());
    try {
      checkTarget(dataset);
      return EngineSession.within(
          1, "Stopping; nothing is left behind.", session -> process(session, dataset));
    } finally {
      parent.removeEmpty();
    }
  }

  private void checkNumbers() {
    try {
      new SampleFormat(samplingRateHz, channels);
    } catch (IllegalArgumentException outOfRange) {
      throw new CommandFailure(ExitCode.USAGE, outOfRange.getMessage(), outOfRange);
    }
    if (signalSamples < 1 || signalSamples > LONGEST_SIGNAL) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "--n_signal is 1 to " + LONGEST_SIGNAL + " samples, not " + signalSamples + ".");
    }
  }

  /** Hours of work should not end before a folder that cannot be replaced. */
  private void checkTarget(Path dataset) {
    try {
      DatasetWriter.create(dataset, channels, samplingRateHz, 2 * signalSamples).close();
    } catch (JobFailure refused) {
      throw new CommandFailure(ExitCode.FAILED, refused.getMessage(), refused);
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The dataset " + dataset + " cannot be written (" + cause.getMessage() + ").",
          cause);
    }
  }

  private int process(EngineSession session, Path dataset) throws InterruptedException {
    // Beside the dataset: processed files need as much room, on a disk that has it.
    Path scratchPath = dataset.resolveSibling("." + dataset.getFileName() + ".processing");
    try (ScratchFolder scratch = ScratchFolder.at(scratchPath);
        ProgressBar bar = ProgressBar.standard()) {
      RecordingPlan plan = RecordingPlan.of(inputs, scratch.path());
      PreprocessRequest request =
          new PreprocessRequest(
              plan.inputs(),
              dataset,
              samplingRateHz,
              channels,
              signalSamples,
              LoudnessTarget.GUIDE.integratedLufs(),
              LoudnessTarget.GUIDE.truePeakDecibels(),
              removeClicks,
              removeNoise);
      JsonNode result;
      try {
        result = session.run(JobKind.PREPROCESS, request, line -> tell(bar, plan, line));
      } catch (JobFailure failure) {
        throw new JobFailure(failure.failureClass(), plan.told(failure.getMessage()), failure);
      }
      bar.close();
      print(plan, request, result);
    }
    return ExitCode.OK;
  }

  private static void tell(ProgressBar bar, RecordingPlan plan, ProcessLine line) {
    if (line instanceof ProcessLine.Progress progress) {
      bar.show(progress.stage(), progress.step(), progress.totalSteps(), List.of());
    } else if (line instanceof ProcessLine.Warning warning) {
      bar.warn("morphene: " + plan.told(warning.message()));
    }
  }

  private static void print(RecordingPlan plan, PreprocessRequest request, JsonNode result) {
    Table table = new Table("SOURCE", "RECORDINGS", "LEFT OUT", "MINUTES", "CHUNKS", "FROM");
    JsonNode sources = result.path("sources");
    for (int index = 0; index < sources.size(); index++) {
      JsonNode source = sources.get(index);
      table.row(
          source.path("sourceType").asText(),
          source.path("files").size(),
          source.path("leftOut").size(),
          String.format(Locale.ROOT, "%.1f", source.path("seconds").asDouble() / 60),
          source.path("chunks").asInt(),
          plan.told(request.inputs().get(index).rawFolder().toString()));
    }
    table.print(System.out, "");
    System.out.printf(
        Locale.ROOT,
        "%s: %d chunks of %.2f s, %d Hz, %s%n",
        request.datasetFolder(),
        result.path("chunks").asInt(),
        result.path("chunkSamples").asDouble() / result.path("samplingRateHz").asDouble(),
        result.path("samplingRateHz").asInt(),
        result.path("channels").asInt() == 1 ? "mono" : "stereo");
  }
}
