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

/** {@code morphene queue prioritise ID P}. */
@Command(
    name = "prioritise",
    aliases = "prioritize",
    description = "Gives a waiting job another priority; higher goes first.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue prioritise 17 5"})
final class PrioritiseCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(index = "0", paramLabel = "ID", description = "Number of the job.")
  private long id;

  @Parameters(
      index = "1",
      paramLabel = "P",
      description = "The priority; 0 is usual. Write -- before a negative one.")
  private int priority;

  @Override
  public Integer call() {
    JobId number = JobNumber.parse(id);
    try (CoordinatorSession session = coordinator.open()) {
      JobView job = session.client().queue().prioritise(number, priority);
      System.out.println("Job " + job.id() + " has priority " + job.priority() + ".");
    }
    return ExitCode.OK;
  }
}
