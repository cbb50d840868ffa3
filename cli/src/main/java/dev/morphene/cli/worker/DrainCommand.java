package dev.morphene.cli.worker;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.protocol.job.WorkerId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code morphene nodes drain NAME}. */
@Command(
    name = "drain",
    description =
        "Asks a node to take nothing more, to let its jobs write a checkpoint, to give them back"
            + " and to leave.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene nodes drain render-07"})
final class DrainCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "NAME", description = "Name of the node, as morphene nodes shows it.")
  private String name;

  @Override
  public Integer call() {
    WorkerId worker = NodeName.parse(name);
    coordinator.connect().nodes().drain(worker);
    System.out.println("Node " + worker + " gives its jobs back and leaves.");
    return ExitCode.OK;
  }
}
