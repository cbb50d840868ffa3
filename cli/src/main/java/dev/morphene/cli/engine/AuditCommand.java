package dev.morphene.cli.engine;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.output.Style;
import dev.morphene.cli.progress.ProgressBar;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.catalogue.InstrumentFolders;
import dev.morphene.protocol.catalogue.UnknownInstrumentException;
import dev.morphene.rave.audit.AuditReport;
import dev.morphene.rave.audit.CheckpointRanking.Audited;
import dev.morphene.rave.checkpoint.CheckpointFile;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.ProcessLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code morphene audit}: checkpoints rendered and measured, here and now. */
@Command(
    name = "audit",
    description = {
      "Renders and measures one checkpoint, or all of a run, here and now, without a queue.",
      "Each audit is two reconstructions, five morphs and audit.json (docs/audit.md). One"
          + " checkpoint's go into --output; with --all each goes into"
          + " OUTPUT/INSTRUMENT/audit/STEP/. Criteria that are not met are said and are no error."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  morphene audit --run models/pyroviolin --checkpoint 50000 \\",
      "      --musical-ref violin.wav --nonmusical-ref fire.wav --output audit/050000",
      "  morphene audit --run models/pyroviolin --all --instrument pyroviolin \\",
      "      --musical-ref violin.wav --nonmusical-ref fire.wav --output models \\",
      "      --checkpoint-filter 50000"
    })
public final class AuditCommand implements Callable<Integer> {
  private static final double SHORTEST_SECONDS = 0.5;
  private static final double LONGEST_SECONDS = 600;

  /** What the engine counts in one audit. */
  private static final int UNITS = 10;

  @Option(
      names = "--run",
      paramLabel = "R",
      required = true,
      description = "Run folder; the official trainer's too.")
  private Path run;

  @Option(
      names = "--checkpoint",
      paramLabel = "C",
      description = "Checkpoint to audit: a file, or a step of the run.")
  private String checkpoint;

  @Option(names = "--all", description = "Audit every checkpoint of the run.")
  private boolean all;

  @Option(
      names = "--instrument",
      paramLabel = "I",
      description = "With --all: number or name of the instrument, or the name of a folder.")
  private String instrument;

  @Option(
      names = {"--musical-ref", "--musical_ref"},
      paramLabel = "M",
      required = true,
      description = "Musical reference, a recording.")
  private Path musicalReference;

  @Option(
      names = {"--nonmusical-ref", "--nonmusical_ref"},
      paramLabel = "N",
      required = true,
      description = "Non-musical reference, a recording.")
  private Path nonmusicalReference;

  @Option(
      names = "--output",
      paramLabel = "O",
      required = true,
      description = "Folder to write to.")
  private Path output;

  @Option(
      names = "--duration",
      paramLabel = "S",
      description =
          "Seconds of each file, over 0.5 to 600; default ${DEFAULT-VALUE}. Longer references are"
              + " cut, shorter ones repeated.")
  private double durationSeconds = 30;

  @Option(
      names = "--device",
      paramLabel = "D",
      description = "cpu, the only one for audits; default ${DEFAULT-VALUE}.")
  private String device = "cpu";

  @Option(
      names = {"--checkpoint-filter", "--checkpoint_filter"},
      paramLabel = "N",
      description =
          "With --all: only steps that are multiples of N, and the last one; default: every"
              + " checkpoint.")
  private Long checkpointFilter;

  @Option(
      names = "--again",
      description = "With --all: also render audits that are there and up to date.")
  private boolean again;

  @Option(
      names = {"--ema-weights", "--ema_weights"},
      description = "Hear the moving average of the weights, of a run that was trained with --ema.")
  private boolean averaged;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Processor threads; default: all there are.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() throws InterruptedException {
    checkOptions();
    RunFolder folder = RunFolder.open(run);
    Path musical = reference(musicalReference, "musical");
    Path nonmusical = reference(nonmusicalReference, "nonmusical");
    List<CheckpointFile> chosen = all ? wanted(folder.checkpoints()) : List.of();
    Optional<Path> single = all ? Optional.empty() : Optional.of(folder.checkpoint(checkpoint));
    return EngineSession.within(
        threads,
        "Stopping; what is rendered whole stays.",
        session -> {
          CheckpointAudit audit =
              new CheckpointAudit(session, musical, nonmusical, durationSeconds, threads, averaged);
          return single.isPresent()
              ? auditOne(audit, single.get(), folder.step(single.get()))
              : auditAll(audit, chosen);
        });
  }

  private void checkOptions() {
    if (all == (checkpoint != null)) {
      throw usage("Name one checkpoint with --checkpoint, or take --all with --instrument.");
    }
    if (all && (instrument == null || instrument.isBlank())) {
      throw usage("--all needs --instrument, which names the folder of the audits.");
    }
    if (checkpointFilter != null && !all) {
      throw usage("--checkpoint-filter goes with --all.");
    }
    if (checkpointFilter != null && checkpointFilter < 1) {
      throw usage("--checkpoint-filter is 1 or more, not " + checkpointFilter + ".");
    }
    if (!(durationSeconds > SHORTEST_SECONDS && durationSeconds <= LONGEST_SECONDS)) {
      throw usage("--duration is over 0.5 and at most 600 seconds, not " + durationSeconds + ".");
    }
    if (threads < 1) {
      throw usage("--threads is 1 or more, not " + threads + ".");
    }
    if (!device.equals("cpu")) {
      throw usage(
          "Audits are computed on the processor, not on \"" + device + "\"; use --device cpu.");
    }
  }

  private static CommandFailure usage(String message) {
    return new CommandFailure(ExitCode.USAGE, message);
  }

  private static Path reference(Path file, String kind) {
    if (!Files.isRegularFile(file)) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND, "There is no " + kind + " reference " + file + "; name a recording.");
    }
    return file.toAbsolutePath().normalize();
  }

  private List<CheckpointFile> wanted(List<CheckpointFile> checkpoints) {
    long last = checkpoints.get(checkpoints.size() - 1).step();
    return checkpoints.stream()
        .filter(
            file ->
                checkpointFilter == null
                    || file.step() % checkpointFilter == 0
                    || file.step() == last)
        .toList();
  }

  private int auditOne(CheckpointAudit audit, Path file, long step) throws InterruptedException {
    AuditTable table = new AuditTable(Style.ofThisProcess());
    Path folder = output.toAbsolutePath().normalize();
    try (ProgressBar bar = ProgressBar.standard()) {
      AuditReport report = audit.render(file, folder, line -> tell(bar, line, "", 0, UNITS));
      table.add(new Audited(step, file, folder, report));
    }
    table.print(System.out);
    table.ranking().forEach(one -> AuditTable.printUnmet(System.out, one));
    System.out.println("The audit is in " + folder);
    return ExitCode.OK;
  }

  private int auditAll(CheckpointAudit audit, List<CheckpointFile> files)
      throws InterruptedException {
    Path audits = instrumentFolder().resolve("audit");
    AuditTable table = new AuditTable(Style.ofThisProcess());
    try (ProgressBar bar = ProgressBar.standard()) {
      for (int index = 0; index < files.size(); index++) {
        CheckpointFile file = files.get(index);
        Path folder = InstrumentFolders.auditOf(audits, file.step());
        Optional<AuditReport> done = again ? Optional.empty() : audit.done(file.path(), folder);
        try {
          AuditReport report =
              done.isPresent()
                  ? done.get()
                  : audit.render(file.path(), folder, counted(bar, file, index, files.size()));
          table.add(new Audited(file.step(), file.path(), folder, report));
          bar.print(
              String.format(
                  Locale.ROOT,
                  "step %06d: %s",
                  file.step(),
                  done.isPresent() ? "audited before" : "audited"));
        } catch (JobFailure failure) {
          // One damaged checkpoint is no reason to hear none; anything else would hit all of them.
          if (failure.failureClass() != FailureClass.UNREADABLE) {
            throw failure;
          }
          table.addFailure(file.step(), failure.getMessage());
        }
      }
    }
    table.print(System.out);
    table.printBest(System.out);
    return table.hasFailures() ? ExitCode.FAILED : ExitCode.OK;
  }

  private static Consumer<ProcessLine> counted(
      ProgressBar bar, CheckpointFile file, int index, int files) {
    String which = String.format(Locale.ROOT, "%06d ", file.step());
    return line -> tell(bar, line, which, (long) index * UNITS, (long) files * UNITS);
  }

  private static void tell(
      ProgressBar bar, ProcessLine line, String which, long before, long total) {
    if (line instanceof ProcessLine.Progress progress) {
      bar.show(which + progress.stage(), before + progress.step(), total, List.of());
    } else if (line instanceof ProcessLine.Warning warning) {
      bar.warn("morphene: " + warning.message());
    }
  }

  /** A folder that is there is meant as it is written; else the catalogue knows its name. */
  private Path instrumentFolder() {
    Path models = output.toAbsolutePath().normalize();
    if (instrument.contains("/") || instrument.equals("..") || instrument.equals(".")) {
      throw usage("--instrument is a name, not the path \"" + instrument + "\".");
    }
    if (Files.isDirectory(models.resolve(instrument))) {
      return models.resolve(instrument);
    }
    try {
      return models.resolve(InstrumentCatalogue.bundled().find(instrument).folderName());
    } catch (UnknownInstrumentException ownName) {
      return models.resolve(instrument);
    }
  }
}
