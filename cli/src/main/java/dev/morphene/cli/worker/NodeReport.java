package dev.morphene.cli.worker;

import dev.morphene.cli.output.JsonOutput;
import dev.morphene.cli.output.Style;
import dev.morphene.cli.output.Table;
import dev.morphene.cli.output.WallTime;
import dev.morphene.client.MorpheneClient;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.view.NodeView;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/** The nodes as text for people, or as the API answers. */
final class NodeReport {
  private NodeReport() {}

  static void print(PrintStream out, MorpheneClient api, boolean json) {
    if (json) {
      JsonOutput.print(out, api.tree("/api/v1/nodes"));
    } else {
      table(api.nodes().list(), Style.ofThisProcess()).print(out, "No node has ever joined.");
    }
  }

  static Table table(List<NodeView> nodes, Style style) {
    Table table = new Table("NODE", "HOST", "STATE", "TAKES", "GPUS", "RUNNING", "SEEN");
    for (NodeView node : nodes) {
      table.row(
          node.worker(),
          node.host(),
          state(node, style),
          node.kinds().stream().map(JobKind::word).collect(Collectors.joining(" ")),
          gpus(node),
          node.running().isEmpty()
              ? null
              : node.running().stream().map(Object::toString).collect(Collectors.joining(" ")),
          WallTime.second(node.lastSeenAt()));
    }
    return table;
  }

  private static String state(NodeView node, Style style) {
    if (!node.alive()) {
      return style.quiet("gone");
    }
    if (node.draining()) {
      return style.busy("drains");
    }
    return node.quarantine()
        .map(quarantine -> style.bad("quarantined: " + quarantine.reason()))
        .orElseGet(() -> style.good("alive"));
  }

  /** {@code CPU 16.0 GB}; with what is fenced said so. */
  private static String gpus(NodeView node) {
    return node.devices().isEmpty()
        ? null
        : node.devices().stream()
            .map(
                device ->
                    device.gpu()
                        + " "
                        + device.free().map(free -> free + " of ").orElse("")
                        + device.total()
                        + (device.fenced().isPresent() ? " fenced" : ""))
            .collect(Collectors.joining(", "));
  }
}
