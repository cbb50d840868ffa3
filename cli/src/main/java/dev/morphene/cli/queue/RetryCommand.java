package dev.morphene.cli.queue;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.view.JobView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code morphene queue retry ID}. */
@Command(
    name = "retry",
    description = "Runs a failed or cancelled job again, from its newest checkpoint.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue retry 2"})
final class RetryCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "ID", description = "Number of the job.")
  private long id;

  @Override
  public Integer call() {
    JobId number = JobNumber.parse(id);
    try (CoordinatorSession session = coordinator.open()) {
      JobView job = session.client().queue().retry(number);
      System.out.println("Job " + job.id() + " is " + job.state().shownAs() + " again.");
    }
    return ExitCode.OK;
  }
}
