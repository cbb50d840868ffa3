package dev.morphene.cli.queue;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.ApiClient;
import dev.morphene.cli.api.CoordinatorAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code morphene queue list}. */
@Command(
    name = "list",
    description = "Lists jobs.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue list --status running"})
final class ListCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Option(
      names = "--status",
      paramLabel = "S",
      description = "pending, running, completed, failed, cancelled or retrying")
  private String status;

  @Option(names = "--json", description = "Print what the API answers.")
  private boolean json;

  @Override
  public Integer call() {
    ApiClient api = coordinator.connect();
    if (json) {
      JobReport.printJson(
          System.out, api.tree("/api/v1/jobs" + (status == null ? "" : "?state=" + status)));
    } else {
      JobReport.printTable(System.out, api.jobs(status));
    }
    return ExitCode.OK;
  }
}
