package dev.morphene.cli.queue;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.catalogue.CatalogueWords;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.spec.AuditPlan;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.SubmissionReply;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code morphene queue add}. */
@Command(
    name = "add",
    description = "Adds the training of one instrument to the queue.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: morphene queue add -i 10 --db-path training_data/pyroviolin --output"
          + " models/pyroviolin"
    })
final class AddCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Option(
      names = {"-i", "--instrument"},
      paramLabel = "N",
      required = true,
      description = "Number or name of the instrument.")
  private String instrumentName;

  @Option(
      names = "--db-path",
      paramLabel = "D",
      required = true,
      description = "Its training dataset, as morphene preprocess writes it.")
  private Path dataset;

  @Option(
      names = "--output",
      paramLabel = "O",
      required = true,
      description = "Run folder; receives checkpoints/.")
  private Path runFolder;

  @Mixin private TrainingOptions training;

  @Override
  public Integer call() {
    training.check();
    training.tellPractice(System.err);
    Instrument instrument = CatalogueWords.instrument(instrumentName);
    try (CoordinatorSession session = coordinator.open()) {
      Optional<AuditPlan> afterwards =
          training.wantsFollowUp()
              ? Optional.of(
                  FollowUp.of(
                      instrument,
                      session.client().sources().list(OptionalInt.of(instrument.number())),
                      runFolder.toAbsolutePath().normalize(),
                      training.hearsAverage()))
              : Optional.empty();
      JobRequest job = training.job(instrument, dataset, runFolder, afterwards);
      SubmissionReply.Accepted accepted =
          session.client().queue().submit(training.submission(instrument.name(), List.of(job)));
      // Under a key of before it may have been another's name.
      JobId id =
          Optional.ofNullable(accepted.jobs().get(job.name()))
              .orElseGet(() -> accepted.jobs().values().iterator().next());
      System.out.println(
          accepted.alreadyKnown()
              ? "Job " + id + " was added before with this key: " + instrument.name() + "."
              : "Job "
                  + id
                  + " added: "
                  + instrument.name()
                  + ", "
                  + TrainingOptions.summary(job)
                  + (training.wantsFollowUp() ? "; audits and the export follow." : "."));
    }
    return ExitCode.OK;
  }
}
