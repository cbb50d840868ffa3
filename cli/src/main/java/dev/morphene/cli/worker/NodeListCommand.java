package dev.morphene.cli.worker;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code morphene nodes list}. */
@Command(
    name = "list",
    description = "Lists the nodes of the cluster, what they take and what they run.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene nodes list --json"})
final class NodeListCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Option(names = "--json", description = "Print what the API answers.")
  private boolean json;

  @Override
  public Integer call() {
    NodeReport.print(System.out, coordinator.connect(), json);
    return ExitCode.OK;
  }
}
