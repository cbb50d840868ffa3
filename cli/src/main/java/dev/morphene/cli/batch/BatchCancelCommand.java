package dev.morphene.cli.batch;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.output.Confirmation;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.cli.output.Style;
import dev.morphene.cli.queue.JobReport;
import dev.morphene.client.BatchClient;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.view.BatchView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene batch cancel ID}. */
@Command(
    name = "cancel",
    description = "Cancels every job of a batch that has not ended. Asks first on a terminal.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene batch cancel 6f0c6a52-2f0b-4a57-9d0c-7f1d4a3f5b1e --yes"})
final class BatchCancelCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "ID", description = "The batch, as morphene batch list shows it.")
  private String id;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  @Option(names = "--json", description = "Print the batch as JSON afterwards.")
  private boolean json;

  @Override
  public Integer call() {
    BatchId batch = BatchName.parse(id);
    try (CoordinatorSession session = coordinator.open()) {
      BatchClient batches = session.client().batches();
      BatchView before = batches.show(batch);
      if (!before.isEnded()
          && !Confirmation.given(yes, "Cancel what has not ended of " + before.name() + "?")) {
        System.out.println("The batch goes on.");
        return ExitCode.OK;
      }
      BatchView view = batches.cancel(batch);
      if (json) {
        JsonOutput.print(System.out, view);
      } else {
        JobReport.table(view.jobs(), Style.ofThisProcess()).print(System.out, "No jobs.");
      }
    }
    return ExitCode.OK;
  }
}
