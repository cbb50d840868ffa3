package dev.morphene.cli.queue;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.client.QueueClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code morphene queue resume [ID]}. */
@Command(
    name = "resume",
    description = "Opens a paused queue again, or one paused job.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue resume 17"})
final class ResumeCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(
      arity = "0..1",
      paramLabel = "ID",
      description = "Number of the job; without it the whole queue.")
  private Long id;

  @Override
  public Integer call() {
    try (CoordinatorSession session = coordinator.open()) {
      QueueClient queue = session.client().queue();
      if (id == null) {
        queue.resume();
        System.out.println("The queue is open.");
      } else {
        System.out.println("Job " + queue.resume(JobNumber.parse(id)).id() + " may start again.");
      }
    }
    return ExitCode.OK;
  }
}
