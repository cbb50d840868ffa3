package dev.morphene.cli.worker;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.protocol.job.WorkerId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene nodes quarantine NAME}. */
@Command(
    name = "quarantine",
    description = "Gives a node nothing new until it is released; what runs there goes on.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene nodes quarantine render-07 --reason \"fan is loud\""})
final class QuarantineCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "NAME", description = "Name of the node, as morphene nodes shows it.")
  private String name;

  @Option(
      names = "--reason",
      paramLabel = "R",
      description = "For whoever looks at the node later.")
  private String reason = "an operator asked for it";

  @Override
  public Integer call() {
    WorkerId worker = NodeName.parse(name);
    if (reason.isBlank()) {
      throw new CommandFailure(ExitCode.USAGE, "--reason is empty; say why, or leave it away.");
    }
    coordinator.connect().nodes().quarantine(worker, reason);
    System.out.println(
        "Node " + worker + " gets nothing new until morphene nodes release " + worker + ".");
    return ExitCode.OK;
  }
}
