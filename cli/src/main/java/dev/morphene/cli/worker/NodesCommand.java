package dev.morphene.cli.worker;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.view.NodeView;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code morphene nodes}: who works for this cluster. */
@Command(
    name = "nodes",
    description = "Lists the nodes of the cluster, what they take and what they run.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene nodes"})
public final class NodesCommand implements Callable<Integer> {
  private static final String ROW = "%-20s %-16s %-7s %-28s %s%n";

  @Mixin private CoordinatorAddress coordinator;

  @Override
  public Integer call() {
    List<NodeView> nodes = coordinator.connect().nodes();
    System.out.printf(Locale.ROOT, ROW, "NODE", "HOST", "ALIVE", "TAKES", "RUNNING");
    for (NodeView node : nodes) {
      System.out.printf(
          Locale.ROOT,
          ROW,
          node.worker(),
          node.host(),
          node.alive() ? "yes" : "no",
          node.kinds().stream().map(JobKind::word).collect(Collectors.joining(" ")),
          node.running().isEmpty() ? "-" : node.running());
    }
    return ExitCode.OK;
  }
}
