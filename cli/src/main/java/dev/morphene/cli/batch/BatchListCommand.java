package dev.morphene.cli.batch;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.cli.output.Table;
import dev.morphene.cli.output.WallTime;
import dev.morphene.protocol.view.BatchSummary;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code morphene batch list}. */
@Command(
    name = "list",
    description = "Lists batches, the newest first.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene batch list"})
final class BatchListCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Option(names = "--json", description = "Print what the API answers.")
  private boolean json;

  @Override
  public Integer call() {
    try (CoordinatorSession session = coordinator.open()) {
      if (json) {
        JsonOutput.print(System.out, session.client().tree("/api/v1/batches?limit=1000"));
      } else {
        Table table = new Table("BATCH", "NAME", "ADDED", "JOBS");
        for (BatchSummary batch : session.client().batches().list()) {
          table.row(batch.batch(), batch.name(), WallTime.second(batch.createdAt()), jobs(batch));
        }
        table.print(System.out, "No batches.");
      }
    }
    return ExitCode.OK;
  }

  private static String jobs(BatchSummary batch) {
    return batch.counts().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(count -> count.getValue() + " " + count.getKey())
        .collect(Collectors.joining(", "));
  }
}
