package dev.morphene.cli.queue;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.protocol.view.JobView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code morphene queue cancel ID}. */
@Command(
    name = "cancel",
    description = "Cancels a job; a running one is stopped with everything it started.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue cancel 2"})
final class CancelCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "ID", description = "Number of the job.")
  private long id;

  @Override
  public Integer call() {
    JobView job = coordinator.connect().cancel(JobNumber.parse(id));
    System.out.println(
        "Job "
            + job.id()
            + (job.cancelRequested()
                ? " is being cancelled."
                : " is " + job.state().shownAs() + "."));
    return ExitCode.OK;
  }
}
