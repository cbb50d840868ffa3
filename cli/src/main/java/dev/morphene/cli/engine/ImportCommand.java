package dev.morphene.cli.engine;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.rave.checkpoint.Checkpoint;
import dev.morphene.rave.checkpoint.CheckpointStore;
import dev.morphene.rave.checkpoint.OfficialImport;
import dev.morphene.rave.checkpoint.WrittenCheckpoint;
import dev.morphene.rave.process.JobFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code morphene import}: a checkpoint of the official trainer to one that training goes on from.
 */
@Command(
    name = "import",
    description = {
      "Makes a checkpoint of the official trainer one that morphene train goes on from: weights,"
          + " discriminators, both optimisers and the step.",
      "What the model is, the config.gin of its run says and the tensors show. To export or audit a"
          + " model, no import is needed."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: morphene import --run runs/pyroviolin_0123456789 --out_path models/pyroviolin"
    })
public final class ImportCommand implements Callable<Integer> {
  @Option(
      names = "--run",
      paramLabel = "R",
      required = true,
      description =
          "Run folder of the official trainer, a version_N folder of it, or a .ckpt file.")
  private Path run;

  @Option(
      names = "--checkpoint",
      paramLabel = "C",
      description = "Checkpoint of the run: a file, or a step; default: the newest.")
  private String checkpoint;

  @Option(
      names = {"--out_path", "--out-path"},
      paramLabel = "O",
      required = true,
      description = "Run folder to make; it must hold no checkpoints yet.")
  private Path output;

  @Override
  public Integer call() {
    Path file = file();
    Path folder = output.toAbsolutePath().normalize().resolve("checkpoints");
    try {
      if (Files.isDirectory(folder)
          && !CheckpointStore.open(folder, step -> true).files().isEmpty()) {
        throw new CommandFailure(
            ExitCode.REFUSED,
            "The folder " + folder + " holds checkpoints already; name another --out_path.");
      }
      OfficialImport imported = OfficialImport.read(file);
      imported.notes().forEach(note -> System.err.println("morphene: " + note));
      Checkpoint taken = imported.checkpoint();
      WrittenCheckpoint written = CheckpointStore.open(folder, step -> true).write(taken);
      System.out.printf(
          "%s: step %d of a %s model at %d Hz, phase %d%n",
          written.path(),
          taken.step(),
          taken.config().name(),
          taken.config().samplingRateHz(),
          taken.phase());
      System.out.printf(
          "Go on with --config %s --phase_one_steps %d%n",
          taken.config().name(), taken.config().training().phaseOneSteps());
      return ExitCode.OK;
    } catch (JobFailure failure) {
      throw new CommandFailure(ExitCode.FAILED, failure.getMessage(), failure);
    }
  }

  private Path file() {
    if (Files.isRegularFile(run)) {
      return run;
    }
    RunFolder folder = RunFolder.open(run);
    return checkpoint == null ? folder.newest().path() : folder.checkpoint(checkpoint);
  }
}
