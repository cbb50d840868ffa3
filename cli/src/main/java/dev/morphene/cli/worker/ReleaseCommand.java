package dev.morphene.cli.worker;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.protocol.job.WorkerId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code morphene nodes release NAME}. */
@Command(
    name = "release",
    description = "Lets a node that was quarantined take jobs again.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene nodes release render-07"})
final class ReleaseCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "NAME", description = "Name of the node, as morphene nodes shows it.")
  private String name;

  @Override
  public Integer call() {
    WorkerId worker = NodeName.parse(name);
    coordinator.connect().nodes().release(worker);
    System.out.println("Node " + worker + " takes jobs again.");
    return ExitCode.OK;
  }
}
