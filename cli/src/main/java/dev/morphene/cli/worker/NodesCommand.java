package dev.morphene.cli.worker;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code morphene nodes}: who works for this cluster. */
@Command(
    name = "nodes",
    description =
        "Lists the nodes of the cluster, what they take and what they run; steers them with the"
            + " commands below.",
    mixinStandardHelpOptions = true,
    subcommands = {
      NodeListCommand.class,
      DrainCommand.class,
      QuarantineCommand.class,
      ReleaseCommand.class
    },
    footer = {"", "Example: morphene nodes"})
public final class NodesCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Option(names = "--json", description = "Print what the API answers.")
  private boolean json;

  @Override
  public Integer call() {
    NodeReport.print(System.out, coordinator.connect(), json);
    return ExitCode.OK;
  }
}
