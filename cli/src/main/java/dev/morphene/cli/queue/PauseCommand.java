package dev.morphene.cli.queue;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.client.QueueClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code morphene queue pause [ID]}. */
@Command(
    name = "pause",
    description = "Starts nothing new: in the whole queue, or of one job; what runs goes on.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue pause 17"})
final class PauseCommand implements Callable<Integer> {
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
        queue.pause();
        System.out.println("The queue is paused; morphene queue resume opens it again.");
      } else {
        System.out.println(
            "Job "
                + queue.pause(JobNumber.parse(id)).id()
                + " is not started before it is resumed.");
      }
    }
    return ExitCode.OK;
  }
}
