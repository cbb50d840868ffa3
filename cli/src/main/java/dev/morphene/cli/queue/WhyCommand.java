package dev.morphene.cli.queue;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.client.MorpheneClient;
import dev.morphene.protocol.job.JobId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene queue why ID}. */
@Command(
    name = "why",
    description =
        "Says why a job waits: what it needs, what the pool has, when it is predicted to start.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue why 17"})
final class WhyCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "ID", description = "Number of the job.")
  private long id;

  @Option(names = "--json", description = "Print what the API answers.")
  private boolean json;

  @Override
  public Integer call() {
    JobId job = JobNumber.parse(id);
    try (CoordinatorSession session = coordinator.open()) {
      MorpheneClient api = session.client();
      if (json) {
        JsonOutput.print(System.out, api.tree("/api/v1/jobs/" + job + "/why"));
      } else {
        api.queue().why(job).reasons().forEach(System.out::println);
      }
    }
    return ExitCode.OK;
  }
}
