package dev.morphene.cli.batch;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.cli.output.Style;
import dev.morphene.cli.output.WallTime;
import dev.morphene.cli.queue.JobReport;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.view.BatchView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene batch show ID}. */
@Command(
    name = "show",
    description = "Shows a batch with all its jobs.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene batch show 6f0c6a52-2f0b-4a57-9d0c-7f1d4a3f5b1e"})
final class BatchShowCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "ID", description = "The batch, as morphene batch list shows it.")
  private String id;

  @Option(names = "--json", description = "Print what the API answers.")
  private boolean json;

  @Override
  public Integer call() {
    BatchId batch = BatchName.parse(id);
    try (CoordinatorSession session = coordinator.open()) {
      if (json) {
        JsonOutput.print(System.out, session.client().tree("/api/v1/batches/" + batch));
      } else {
        BatchView view = session.client().batches().show(batch);
        System.out.println(view.name() + ", added " + WallTime.second(view.createdAt()));
        JobReport.table(view.jobs(), Style.ofThisProcess()).print(System.out, "No jobs.");
      }
    }
    return ExitCode.OK;
  }
}
