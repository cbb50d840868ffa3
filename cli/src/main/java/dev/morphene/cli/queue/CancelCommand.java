package dev.morphene.cli.queue;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.output.Confirmation;
import dev.morphene.client.QueueClient;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.view.JobView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene queue cancel ID}. */
@Command(
    name = "cancel",
    description =
        "Cancels a job; a running one is stopped with everything it started. Asks first on a"
            + " terminal.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue cancel 2 --yes"})
final class CancelCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "ID", description = "Number of the job.")
  private long id;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  @Override
  public Integer call() {
    JobId number = JobNumber.parse(id);
    try (CoordinatorSession session = coordinator.open()) {
      QueueClient queue = session.client().queue();
      JobView before = queue.job(number);
      if (!before.state().isEnd()
          && !Confirmation.given(
              yes,
              "Cancel job "
                  + number
                  + " ("
                  + before.name()
                  + ", "
                  + before.state().shownAs()
                  + ")?")) {
        System.out.println("Job " + number + " goes on.");
        return ExitCode.OK;
      }
      JobView job = queue.cancel(number);
      System.out.println(
          "Job "
              + job.id()
              + (job.cancelRequested() && !job.state().isEnd()
                  ? " is being cancelled."
                  : " is " + job.state().shownAs() + "."));
    }
    return ExitCode.OK;
  }
}
