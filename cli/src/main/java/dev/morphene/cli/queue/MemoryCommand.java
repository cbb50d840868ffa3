package dev.morphene.cli.queue;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.output.Glyphs;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.client.MorpheneClient;
import dev.morphene.protocol.job.JobId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene queue memory ID}. */
@Command(
    name = "memory",
    description = "Draws the memory that a job used, over all its attempts, with peak and average.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue memory 2"})
final class MemoryCommand implements Callable<Integer> {
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
        JsonOutput.print(System.out, api.tree("/api/v1/jobs/" + job + "/memory"));
      } else {
        MemoryReport.lines(api.queue().memoryStats(job), Glyphs.ofThisProcess())
            .forEach(System.out::println);
      }
    }
    return ExitCode.OK;
  }
}
