package dev.morphene.cli.queue;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.output.JsonOutput;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code morphene queue status}. */
@Command(
    name = "status",
    description = "Shows the queue in a glance: jobs, nodes, GPUs, when all of it will be done.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue status"})
final class StatusCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Option(names = "--json", description = "Print what the API answers.")
  private boolean json;

  @Override
  public Integer call() {
    try (CoordinatorSession session = coordinator.open()) {
      if (json) {
        JsonOutput.print(System.out, session.client().tree("/api/v1/queue"));
      } else {
        QueueReport.lines(session.client().queue().standing()).forEach(System.out::println);
      }
    }
    return ExitCode.OK;
  }
}
