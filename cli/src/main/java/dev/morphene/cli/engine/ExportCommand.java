package dev.morphene.cli.engine;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.rave.checkpoint.CheckpointFile;
import dev.morphene.rave.checkpoint.TrainedModel;
import dev.morphene.rave.export.InstrumentExport;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code morphene export}: a checkpoint to a file for nn~, here and now. */
@Command(
    name = "export",
    description = "Writes a checkpoint as NAME.ts for nn~, here and now, without a cluster.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: morphene export --run models/pyroviolin --output . --name pyroviolin --streaming"
    })
public final class ExportCommand implements Callable<Integer> {
  @Option(
      names = "--run",
      paramLabel = "R",
      required = true,
      description = "Run folder, whose newest checkpoint is taken, or a checkpoint file.")
  private Path run;

  @Option(
      names = "--output",
      paramLabel = "O",
      required = true,
      description = "Folder to write to.")
  private Path output;

  @Option(names = "--name", paramLabel = "N", required = true, description = "File stem.")
  private String name;

  @Option(
      names = "--streaming",
      description = "For real time; without it each call is a whole signal.")
  private boolean streaming;

  @Option(
      names = "--fidelity",
      paramLabel = "F",
      description = "Share of latent variance to keep, 0.1 to 0.999; default 0.95.")
  private double fidelity = 0.95;

  @Override
  public Integer call() {
    Path checkpointFile = Files.isDirectory(run) ? newest(run) : run;
    if (!Files.isRegularFile(checkpointFile)) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND, "There is no run folder and no checkpoint at " + run + ".");
    }
    try {
      Files.createDirectories(output);
      Path target = output.resolve(name + ".ts");
      Path partial = output.resolve(name + ".ts.partial");
      try {
        TrainedModel model = TrainedModel.read(checkpointFile);
        InstrumentExport export =
            InstrumentExport.write(
                partial, ModelWeights.of(model.config(), model.weights()), streaming, fidelity);
        Files.move(
            partial, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        System.out.println(
            target + ": step " + model.step() + ", " + export.latentSize() + " latents");
      } finally {
        Files.deleteIfExists(partial);
      }
    } catch (JobFailure failure) {
      throw new CommandFailure(
          failure.failureClass() == FailureClass.BAD_INPUT ? ExitCode.USAGE : ExitCode.FAILED,
          failure.getMessage(),
          failure);
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The folder " + output + " cannot be written: " + cause.getMessage(),
          cause);
    }
    return ExitCode.OK;
  }

  private static Path newest(Path run) {
    Path folder = run.resolve("checkpoints");
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(CheckpointFile::of)
          .flatMap(Optional::stream)
          .max(Comparator.comparingLong(CheckpointFile::step))
          .orElseThrow(
              () ->
                  new CommandFailure(
                      ExitCode.NOT_FOUND, "There is no checkpoint in " + folder + "."))
          .path();
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND, "There is no checkpoint folder " + folder + ".", cause);
    }
  }
}
