package dev.morphene.cli.queue;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.progress.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code morphene queue watch}. */
@Command(
    name = "watch",
    description = "Shows live what runs and waits, until Ctrl-C.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue watch --until-done"})
final class WatchCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Option(
      names = "--until-done",
      description = "End when nothing waits or runs; exit code 1 when a job failed meanwhile.")
  private boolean untilDone;

  @Override
  public Integer call() throws InterruptedException {
    QueueWatch watch =
        new QueueWatch(coordinator.connect().queue(), Terminal.standard(), System::nanoTime);
    return watch.untilDone(!untilDone) ? ExitCode.FAILED : ExitCode.OK;
  }
}
