package dev.morphene.cli.queue;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.catalogue.CatalogueWords;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.cli.output.Table;
import dev.morphene.client.MorpheneClient;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.catalogue.Tier;
import dev.morphene.protocol.source.Readiness;
import dev.morphene.protocol.source.SourceView;
import dev.morphene.protocol.spec.AuditPlan;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.Submission;
import dev.morphene.protocol.submission.SubmissionReply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene queue add-tier}. */
@Command(
    name = "add-tier",
    description = {
      "Adds the trainings of all instruments of a tier, all or none, earlier ones first.",
      "The dataset of each is in D, its run folder in O, in a folder of the instrument's name."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: morphene queue add-tier flagship --db-base training_data --output-base models"
          + " --dry-run"
    })
final class AddTierCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "TIER", description = "flagship, strong or experimental; or 1, 2 or 3.")
  private String tierName;

  @Option(
      names = "--db-base",
      paramLabel = "D",
      required = true,
      description = "Folder of the training datasets.")
  private Path datasets;

  @Option(
      names = "--output-base",
      paramLabel = "O",
      required = true,
      description = "Folder of the run folders.")
  private Path runFolders;

  @Mixin private TrainingOptions training;

  @Option(
      names = "--ready-only",
      description = "Leave out the instruments that have too little source material.")
  private boolean readyOnly;

  @Option(
      names = "--dry-run",
      description = "Show where the jobs would run and when they would be done; add nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print what the API answers.")
  private boolean json;

  @Override
  public Integer call() {
    training.check();
    training.tellPractice(System.err);
    Tier tier = CatalogueWords.tier(tierName);
    try (CoordinatorSession session = coordinator.open()) {
      MorpheneClient api = session.client();
      List<Instrument> instruments = instruments(api, tier);
      Submission submission = training.submission("Tier " + tier.word(), jobs(api, instruments));
      if (dryRun) {
        plan(api, submission);
      } else {
        add(api, submission, instruments);
      }
    }
    return ExitCode.OK;
  }

  private List<Instrument> instruments(MorpheneClient api, Tier tier) {
    List<Instrument> all = InstrumentCatalogue.bundled().ofTier(tier);
    if (!readyOnly) {
      return all;
    }
    Map<Integer, Readiness> readiness =
        api.sources().summary().stream()
            .collect(Collectors.toMap(each -> each.instrument().number(), each -> each));
    List<Instrument> ready = new ArrayList<>();
    for (Instrument instrument : all) {
      Readiness state = readiness.get(instrument.number());
      if (state != null && state.isReady()) {
        ready.add(instrument);
      } else {
        // Beside the table, so that --json stays JSON.
        System.err.println(
            "Left out: "
                + instrument.name()
                + (state == null ? "." : ", lacks " + String.join(" and ", state.missing()) + "."));
      }
    }
    if (ready.isEmpty()) {
      throw new CommandFailure(
          ExitCode.REFUSED,
          "No instrument of the tier "
              + tier.word()
              + " is ready to train; morphene sources summary shows what each lacks.");
    }
    return ready;
  }

  private List<JobRequest> jobs(MorpheneClient api, List<Instrument> instruments) {
    Map<Integer, List<SourceView>> sources =
        training.wantsFollowUp()
            ? api.sources().list(OptionalInt.empty()).stream()
                .collect(Collectors.groupingBy(source -> source.source().instrument()))
            : Map.of();
    return instruments.stream()
        .map(
            instrument -> {
              Path runFolder = runFolder(instrument);
              Optional<AuditPlan> afterwards =
                  training.wantsFollowUp()
                      ? Optional.of(
                          FollowUp.of(
                              instrument,
                              sources.getOrDefault(instrument.number(), List.of()),
                              runFolder,
                              training.hearsAverage()))
                      : Optional.empty();
              return training.job(instrument, dataset(instrument), runFolder, afterwards);
            })
        .toList();
  }

  private Path dataset(Instrument instrument) {
    return datasets.toAbsolutePath().normalize().resolve(instrument.folderName());
  }

  private Path runFolder(Instrument instrument) {
    return runFolders.toAbsolutePath().normalize().resolve(instrument.folderName());
  }

  private void plan(MorpheneClient api, Submission submission) {
    if (json) {
      JsonOutput.print(System.out, api.queue().plan(submission));
    } else {
      PlanReport.print(System.out, api.queue().plan(submission));
    }
  }

  private void add(MorpheneClient api, Submission submission, List<Instrument> instruments) {
    SubmissionReply.Accepted accepted = api.queue().submit(submission);
    if (json) {
      JsonOutput.print(System.out, accepted);
      return;
    }
    Map<Integer, Instrument> byNumber =
        instruments.stream().collect(Collectors.toMap(Instrument::number, each -> each));
    Table table = new Table("ID", "INSTRUMENT", "TRAINING", "DATASET", "RUN FOLDER");
    for (JobRequest job : submission.jobs()) {
      Instrument instrument = byNumber.get(job.instrument().getAsInt());
      table.row(
          accepted.jobs().get(instrument.folderName()),
          instrument.name(),
          TrainingOptions.summary(job),
          dataset(instrument),
          runFolder(instrument));
    }
    table.print(System.out, "No jobs.");
    System.out.println(
        accepted.alreadyKnown()
            ? "They were added before with this key; nothing new."
            : "Jobs added: "
                + accepted.jobs().size()
                + (training.wantsFollowUp() ? "; audits and exports follow." : "."));
  }
}
