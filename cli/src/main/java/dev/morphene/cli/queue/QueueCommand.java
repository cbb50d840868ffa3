package dev.morphene.cli.queue;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.ApiClient;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.submission.SubmissionReply;
import dev.morphene.protocol.view.JobView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene queue}: submit, look, cancel, retry. */
@Command(
    name = "queue",
    description = "Submits jobs and looks after them.",
    mixinStandardHelpOptions = true,
    subcommands = {
      QueueCommand.Submit.class,
      QueueCommand.ListJobs.class,
      QueueCommand.Show.class,
      QueueCommand.Cancel.class,
      QueueCommand.Retry.class
    })
public final class QueueCommand {

  /** {@code queue submit FILE}. */
  @Command(
      name = "submit",
      description =
          "Submits a batch described in a JSON file (docs/submission.md). The same key twice is one"
              + " batch.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: morphene queue submit batch.json"})
  static final class Submit implements Callable<Integer> {
    @Mixin private CoordinatorAddress coordinator;

    @Parameters(paramLabel = "FILE", description = "The submission.")
    private Path file;

    @Override
    public Integer call() {
      byte[] json;
      try {
        json = Files.readAllBytes(file);
      } catch (IOException cause) {
        throw new CommandFailure(
            ExitCode.NOT_FOUND, "The file " + file + " cannot be read; check its name.", cause);
      }
      SubmissionReply.Accepted accepted = coordinator.connect().submit(json);
      System.out.println(
          (accepted.alreadyKnown() ? "Already accepted as batch " : "Accepted as batch ")
              + accepted.batch());
      accepted.jobs().forEach((name, id) -> System.out.println("  " + id + "  " + name));
      return ExitCode.OK;
    }
  }

  /** {@code queue list}. */
  @Command(
      name = "list",
      description = "Lists jobs.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: morphene queue list --status running"})
  static final class ListJobs implements Callable<Integer> {
    @Mixin private CoordinatorAddress coordinator;

    @Option(
        names = "--status",
        paramLabel = "S",
        description = "pending, running, completed, failed, cancelled or retrying")
    private String status;

    @Option(names = "--json", description = "Print what the API answers.")
    private boolean json;

    @Override
    public Integer call() {
      ApiClient api = coordinator.connect();
      if (json) {
        JobReport.printJson(
            System.out, api.tree("/api/v1/jobs" + (status == null ? "" : "?state=" + status)));
      } else {
        JobReport.printTable(System.out, api.jobs(status));
      }
      return ExitCode.OK;
    }
  }

  /** {@code queue show ID}. */
  @Command(
      name = "show",
      description = "Shows one job with its history.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: morphene queue show 2"})
  static final class Show implements Callable<Integer> {
    @Mixin private CoordinatorAddress coordinator;

    @Parameters(paramLabel = "ID", description = "Number of the job.")
    private long id;

    @Option(names = "--json", description = "Print what the API answers.")
    private boolean json;

    @Override
    public Integer call() {
      ApiClient api = coordinator.connect();
      JobId job = jobId(id);
      if (json) {
        JobReport.printJson(System.out, api.tree("/api/v1/jobs/" + job));
      } else {
        JobReport.printJob(System.out, api.job(job), api.history(job));
      }
      return ExitCode.OK;
    }
  }

  /** {@code queue cancel ID}. */
  @Command(
      name = "cancel",
      description = "Cancels a job; a running one is stopped with everything it started.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: morphene queue cancel 2"})
  static final class Cancel implements Callable<Integer> {
    @Mixin private CoordinatorAddress coordinator;

    @Parameters(paramLabel = "ID", description = "Number of the job.")
    private long id;

    @Override
    public Integer call() {
      JobView job = coordinator.connect().cancel(jobId(id));
      System.out.println(
          "Job "
              + job.id()
              + (job.cancelRequested()
                  ? " is being cancelled."
                  : " is " + job.state().shownAs() + "."));
      return ExitCode.OK;
    }
  }

  /** {@code queue retry ID}. */
  @Command(
      name = "retry",
      description = "Runs a failed or cancelled job again, from its newest checkpoint.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: morphene queue retry 2"})
  static final class Retry implements Callable<Integer> {
    @Mixin private CoordinatorAddress coordinator;

    @Parameters(paramLabel = "ID", description = "Number of the job.")
    private long id;

    @Override
    public Integer call() {
      JobView job = coordinator.connect().retry(jobId(id));
      System.out.println("Job " + job.id() + " is " + job.state().shownAs() + " again.");
      return ExitCode.OK;
    }
  }

  private static JobId jobId(long id) {
    try {
      return new JobId(id);
    } catch (IllegalArgumentException cause) {
      throw new CommandFailure(ExitCode.USAGE, cause.getMessage(), cause);
    }
  }
}
