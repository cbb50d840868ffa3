package dev.morphene.cli.worker;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.config.ClusterSettings;
import dev.morphene.cli.config.SettingsOptions;
import dev.morphene.cli.local.Shutdown;
import dev.morphene.cli.local.StartedCoordinator;
import dev.morphene.coordinator.Coordinator;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code morphene coordinator}: one of any number of coordinators of a cluster. */
@Command(
    name = "coordinator",
    description =
        "Runs a coordinator on a broker and a database of yours, until it is told to stop.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: MORPHENE_AMQP_URI=amqp://... MORPHENE_PG_URI=postgresql://... morphene coordinator"
          + " --http-port 8080"
    })
public final class CoordinatorCommand implements Callable<Integer> {
  @Mixin private SettingsOptions settings;

  @Override
  public Integer call() throws InterruptedException {
    ClusterSettings cluster = settings.read(Map.of());
    Coordinator coordinator =
        StartedCoordinator.start(cluster, cluster.requirePostgresUri(), cluster.requireAmqpUri());
    try (Shutdown shutdown = Shutdown.of(coordinator, "Stopping.")) {
      System.out.println("The coordinator answers at " + coordinator.httpUri());
      shutdown.await();
    }
    return ExitCode.OK;
  }
}
