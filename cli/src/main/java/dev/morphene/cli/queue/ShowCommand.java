package dev.morphene.cli.queue;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.ApiClient;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.protocol.job.JobId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene queue show ID}. */
@Command(
    name = "show",
    description = "Shows one job with its history.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue show 2"})
final class ShowCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "ID", description = "Number of the job.")
  private long id;

  @Option(names = "--json", description = "Print what the API answers.")
  private boolean json;

  @Override
  public Integer call() {
    ApiClient api = coordinator.connect();
    JobId job = JobNumber.parse(id);
    if (json) {
      JobReport.printJson(System.out, api.tree("/api/v1/jobs/" + job));
    } else {
      JobReport.printJob(System.out, api.job(job), api.history(job));
    }
    return ExitCode.OK;
  }
}
