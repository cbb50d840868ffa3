package dev.morphene.cli.engine;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.rave.audit.CheckpointRanking;
import dev.morphene.rave.audit.CheckpointRanking.Ranked;
import dev.morphene.rave.checkpoint.Checkpoint;
import dev.morphene.rave.checkpoint.CheckpointFile;
import dev.morphene.rave.checkpoint.OfficialCheckpointWriter;
import dev.morphene.rave.checkpoint.Sha256;
import dev.morphene.rave.checkpoint.TrainedModel;
import dev.morphene.rave.delivery.HostRequirement;
import dev.morphene.rave.export.InstrumentExport;
import dev.morphene.rave.export.InstrumentOptions;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.process.HostTorch;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code morphene export}: a checkpoint to a file for nn~, here and now. */
@Command(
    name = "export",
    description = {
      "Writes a checkpoint as NAME.ts for nn~, here and now, without a queue.",
      "Where the run has audits (RUN/audit/STEP), the best audited checkpoint is taken"
          + " (docs/audit.md), else the newest; --checkpoint names another.",
      "With --format official it is a checkpoint of the official trainer, NAME.ckpt, that rave"
          + " train goes on from and rave export reads, beside a config.gin of the same config.",
      "With both references the whole package is made: metadata.json and demo.wav too"
          + " (docs/delivery.md). The output folder is replaced whole then."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  morphene export --run models/pyroviolin --streaming --fidelity 0.95",
      "  morphene export --run models/pyroviolin --streaming --fidelity 0.95 \\",
      "      --output models/pyroviolin/final --name pyroviolin",
      "  morphene export --run models/pyroviolin --streaming \\",
      "      --musical-ref violin.wav --nonmusical-ref fire.wav"
    })
public final class ExportCommand implements Callable<Integer> {
  private static final Pattern NAME =
      Pattern.compile("[\\p{L}\\p{M}\\p{N}][\\p{L}\\p{M}\\p{N} ._-]{0,99}");
  private static final String NN = "nn~";
  private static final String OFFICIAL = "official";
  private static final double LEAST_FIDELITY = 0.1;
  private static final double MOST_FIDELITY = 0.999;

  @Option(
      names = "--run",
      paramLabel = "R",
      required = true,
      description =
          "Run folder, or a checkpoint file of one; the official trainer's too, with its config.gin"
              + " there or up to two folders above.")
  private Path run;

  @Option(
      names = "--checkpoint",
      paramLabel = "C",
      description = "Checkpoint to export: a file, or a step of the run.")
  private String checkpoint;

  @Option(
      names = "--output",
      paramLabel = "O",
      description = "Folder to write to; default: final in the run folder.")
  private Path output;

  @Option(
      names = "--name",
      paramLabel = "N",
      description = "Name of the file, without .ts; default: the run folder's name.")
  private String name;

  @Option(
      names = "--format",
      paramLabel = "K",
      description = "nn~ or official; default ${DEFAULT-VALUE}.")
  private String format = NN;

  @Option(
      names = "--streaming",
      description = "For real time; without it each call is a whole signal.")
  private boolean streaming;

  @Option(
      names = "--fidelity",
      paramLabel = "F",
      description = "Share of latent variance to keep, 0.1 to 0.999; default ${DEFAULT-VALUE}.")
  private double fidelity = 0.95;

  @Option(
      names = "--sr",
      paramLabel = "HZ",
      description =
          "Sampling rate of the host, 2 to 8 times the model's; default: the model's own.")
  private Integer samplingRateHz;

  @Option(
      names = "--channels",
      paramLabel = "C",
      description =
          "Channels of the output, 1 to 16; default: the model's. More are further takes, each with"
              + " its own noise.")
  private Integer channels;

  @Option(
      names = {"--ema-weights", "--ema_weights"},
      description =
          "Export the moving average of the weights, of a run that was trained with --ema and"
              + " audited with --ema-weights.")
  private boolean averaged;

  @Option(
      names = {"--host-torch", "--host_torch"},
      paramLabel = "V",
      description =
          "Libtorch of the host: 2.0 in nn~ 1.4.5 to 1.5.6, 2.5 in 1.6.0. The file is checked"
              + " against it, and refused where it asks for a later one.")
  private String hostTorch;

  @Option(
      names = {"--musical-ref", "--musical_ref"},
      paramLabel = "M",
      description = "Musical reference of the demonstration.")
  private Path musicalReference;

  @Option(
      names = {"--nonmusical-ref", "--nonmusical_ref"},
      paramLabel = "N",
      description = "Non-musical reference of the demonstration.")
  private Path nonmusicalReference;

  @Override
  public Integer call() throws InterruptedException {
    if (!(fidelity >= LEAST_FIDELITY && fidelity <= MOST_FIDELITY)) {
      throw new CommandFailure(ExitCode.USAGE, "--fidelity is 0.1 to 0.999, not " + fidelity + ".");
    }
    if (!format.equals(NN) && !format.equals(OFFICIAL)) {
      throw new CommandFailure(
          ExitCode.USAGE, "--format is nn~ or official, not \"" + format + "\".");
    }
    Optional<HostTorch> host = host();
    if (format.equals(OFFICIAL) && host.isPresent()) {
      throw new CommandFailure(
          ExitCode.USAGE, "--host-torch is about files for nn~; leave it or --format official.");
    }
    RunFolder folder = runFolder();
    String stem = name == null ? folder.name() : name;
    if (!NAME.matcher(stem).matches()) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "The name \""
              + stem
              + "\" cannot be a file's; give --name with letters, digits, spaces, dots, dashes.");
    }
    Path into = output == null ? folder.delivery() : output;
    if (musicalReference != null || nonmusicalReference != null) {
      checkDelivery();
      return new Delivery(
              folder, stem, into, options(), averaged, host, musicalReference, nonmusicalReference)
          .make();
    }
    Path chosen = choose(folder);
    OutputFolder target = OutputFolder.make(into);
    try {
      if (format.equals(OFFICIAL)) {
        exportOfficial(chosen, target.path().resolve(stem + ".ckpt"));
      } else {
        export(chosen, target.path().resolve(stem + ".ts"), host);
      }
    } catch (JobFailure failure) {
      throw new CommandFailure(ExitCode.FAILED, failure.getMessage(), failure);
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The folder " + target.path() + " cannot be written: " + cause.getMessage() + ".",
          cause);
    } finally {
      target.removeEmpty();
    }
    return ExitCode.OK;
  }

  private Optional<HostTorch> host() {
    try {
      return Optional.ofNullable(hostTorch).map(HostTorch::of);
    } catch (IllegalArgumentException unknown) {
      throw new CommandFailure(ExitCode.USAGE, "--host-torch: " + unknown.getMessage(), unknown);
    }
  }

  private InstrumentOptions options() {
    return new InstrumentOptions(streaming, fidelity, given(samplingRateHz), given(channels));
  }

  private static OptionalInt given(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }

  private void checkDelivery() {
    if (musicalReference == null || nonmusicalReference == null) {
      throw new CommandFailure(
          ExitCode.USAGE, "--musical-ref and --nonmusical-ref go together; give both or none.");
    }
    if (format.equals(OFFICIAL)) {
      throw new CommandFailure(
          ExitCode.USAGE, "The package is for nn~; leave --format official or the references.");
    }
    if (checkpoint != null) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "The package holds the best audited checkpoint; leave --checkpoint or the references.");
    }
    for (Path reference : List.of(musicalReference, nonmusicalReference)) {
      if (!Files.isRegularFile(reference)) {
        throw new CommandFailure(
            ExitCode.NOT_FOUND, "There is no reference " + reference + "; name a recording.");
      }
    }
  }

  private RunFolder runFolder() {
    return Files.isRegularFile(run) ? RunFolder.of(run) : RunFolder.open(run);
  }

  private Path choose(RunFolder folder) {
    if (checkpoint != null) {
      return folder.checkpoint(checkpoint);
    }
    if (Files.isRegularFile(run)) {
      return run;
    }
    List<Ranked> ranking =
        CheckpointRanking.rank(
            folder.audited(ExportCommand::warn).stream()
                .filter(one -> one.report().emaWeights() == averaged)
                .toList());
    for (Ranked ranked : ranking) {
      if (isOfThisFile(ranked)) {
        System.out.printf(
            Locale.ROOT,
            "Step %d is the best of %d audited checkpoints, score %.2f%n",
            ranked.audited().step(),
            ranking.size(),
            ranked.score());
        if (!ranked.passed()) {
          warn("No audited checkpoint meets all criteria; the best is exported all the same.");
        }
        return ranked.audited().checkpoint();
      }
    }
    CheckpointFile newest = folder.newest();
    System.out.println(
        "Step " + newest.step() + " is the newest checkpoint; none is audited in the run folder");
    return newest.path();
  }

  private static void warn(String message) {
    System.err.println("morphene: " + message);
  }

  private static boolean isOfThisFile(Ranked ranked) {
    try {
      if (Sha256.of(ranked.audited().checkpoint())
          .equals(ranked.audited().report().checkpointSha256())) {
        return true;
      }
    } catch (IOException unreadable) {
      warn(ranked.audited().checkpoint() + " cannot be read and is left out.");
      return false;
    }
    warn(
        "The audit in "
            + ranked.audited().auditFolder()
            + " is of another file and is left out; audit again.");
    return false;
  }

  private static void exportOfficial(Path source, Path target) throws IOException {
    Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
    try {
      Checkpoint all = Checkpoint.read(source);
      OfficialCheckpointWriter.write(partial, all);
      Files.move(
          partial, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      System.out.println(
          target + ": step " + all.step() + " of a " + all.config().name() + " model");
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private void export(Path source, Path target, Optional<HostTorch> host) throws IOException {
    Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
    try {
      TrainedModel model = TrainedModel.read(source, averaged);
      model.notes().forEach(ExportCommand::warn);
      InstrumentExport export =
          InstrumentExport.write(
              partial, ModelWeights.of(model.config(), model.weights()), options());
      HostRequirement requirement = HostRequirement.of(partial);
      host.ifPresent(requirement::check);
      Files.move(
          partial, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      System.out.println(
          target
              + ": step "
              + model.step()
              + ", "
              + export.latentSize()
              + " latents, "
              + (streaming ? "streaming" : "offline")
              + (averaged ? ", moving average" : "")
              + "; for libtorch "
              + requirement.minimum()
              + " and later");
    } finally {
      Files.deleteIfExists(partial);
    }
  }
}
