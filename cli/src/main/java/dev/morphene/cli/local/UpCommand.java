package dev.morphene.cli.local;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.config.SettingsOptions;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code morphene up}: a local cluster that stays until it is told to stop. */
@Command(
    name = "up",
    description = {
      "Starts a whole cluster in this process and stays: database, broker, coordinator, one"
          + " training node, one audit node. What it holds survives a restart.",
      "With MORPHENE_AMQP_URI or MORPHENE_PG_URI it uses those servers instead of embedded ones."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene up --data ~/studio/cluster"})
public final class UpCommand implements Callable<Integer> {
  @Mixin private DataFolderOption dataFolder;
  @Mixin private SettingsOptions settings;

  @Override
  public Integer call() throws InterruptedException {
    DataFolder data = dataFolder.open();
    LogFile.use(data.log());
    LocalCluster cluster = LocalCluster.start(data, settings.read(Map.of()));
    try (Shutdown shutdown =
        Shutdown.of(
            cluster, "Stopping; running jobs are given back and go on at the next start.")) {
      System.out.println("The cluster is up at " + cluster.address());
      System.out.println("Its data is in " + data.root() + ", its log in " + data.log());
      System.out.println("Stop it with Ctrl-C.");
      shutdown.await();
    }
    return ExitCode.OK;
  }
}
