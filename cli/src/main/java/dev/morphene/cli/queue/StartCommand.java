package dev.morphene.cli.queue;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.config.SettingsOptions;
import dev.morphene.cli.local.DataFolder;
import dev.morphene.cli.local.LocalCluster;
import dev.morphene.cli.local.LogFile;
import dev.morphene.cli.local.Shutdown;
import dev.morphene.cli.progress.Terminal;
import dev.morphene.client.ClientFailure;
import dev.morphene.client.MorpheneClient;
import dev.morphene.client.QueueClient;
import dev.morphene.protocol.view.QueueView;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code morphene queue start}. */
@Command(
    name = "start",
    description = {
      "Works the queue off: starts a whole cluster in this process where no coordinator runs, and"
          + " ends when nothing is left to do; exit code 1 when a job failed.",
      "Where a coordinator runs, it opens its queue and ends at once."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue start --stay"})
final class StartCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Option(names = "--stay", description = "Wait for more when nothing is left to do.")
  private boolean stay;

  @Mixin private SettingsOptions settings;

  @Override
  public Integer call() throws InterruptedException {
    Optional<URI> elsewhere = coordinator.named().or(coordinator::running);
    if (elsewhere.isPresent()) {
      open(elsewhere.get());
      return ExitCode.OK;
    }
    DataFolder data = coordinator.dataFolder().open();
    LogFile.use(data.log());
    LocalCluster cluster =
        LocalCluster.start(data, settings.read(Map.of("MORPHENE_HTTP_PORT", "0")));
    try (Shutdown shutdown =
        Shutdown.of(
            cluster, "Stopping; running jobs are given back and go on at the next start.")) {
      return workOff(cluster, data, shutdown);
    }
  }

  private static void open(URI address) {
    QueueClient queue = new MorpheneClient(address).queue();
    boolean wasPaused = queue.standing().paused();
    if (wasPaused) {
      queue.resume();
    }
    System.out.println(
        "A coordinator runs already at "
            + address
            + (wasPaused ? "; its queue was paused and is open again." : "; its queue is open."));
  }

  private int workOff(LocalCluster cluster, DataFolder data, Shutdown shutdown)
      throws InterruptedException {
    QueueClient queue = new MorpheneClient(cluster.address()).queue();
    try {
      QueueView standing = queue.standing();
      if (standing.paused()) {
        standing = queue.resume();
      }
      System.out.println(
          "The cluster is up at " + cluster.address() + ", its log in " + data.log());
      System.out.println(
          QueueReport.left(standing) == 0
              ? "Nothing waits" + (stay ? " yet." : "; morphene queue add adds a training.")
              : "Jobs: " + QueueReport.jobs(standing) + ". Stop with Ctrl-C.");
      QueueWatch watch = new QueueWatch(queue, Terminal.standard(), System::nanoTime);
      boolean anyFailed = watch.untilDone(stay);
      System.out.println(
          (anyFailed ? "Done, but a job failed." : "Done: nothing is left to do.")
              + (watch.pausedJobs() == 0
                  ? ""
                  : " Jobs that wait for morphene queue resume: " + watch.pausedJobs() + "."));
      return anyFailed ? ExitCode.FAILED : ExitCode.OK;
    } catch (ClientFailure failure) {
      if (shutdown.isRequested()) {
        // The cluster went away because it was told to.
        shutdown.await();
        return ExitCode.FAILED;
      }
      throw failure;
    }
  }
}
