package dev.morphene.cli.worker;

import dev.morphene.agent.coordinator.BrokerCoordinatorPort;
import dev.morphene.agent.telemetry.HostMemory;
import dev.morphene.agent.work.BrokerWorkSource;
import dev.morphene.audit.AuditWorker;
import dev.morphene.broker.Broker;
import dev.morphene.broker.BrokerConfig;
import dev.morphene.cli.config.SettingsOptions;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code morphene audit-worker}: a node that needs no GPU. */
@Command(
    name = "audit-worker",
    description =
        "Runs an audit node: prepares datasets, renders and measures checkpoints, exports and"
            + " packages, until it is told to stop.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: MORPHENE_AMQP_URI=amqp://... morphene audit-worker --slots 4"})
public final class AuditWorkerCommand implements Callable<Integer> {
  @Mixin private SettingsOptions settings;
  @Mixin private NodeOptions node;

  @Option(names = "--slots", paramLabel = "N", description = "Jobs side by side; default 1.")
  private int slots = 1;

  @Override
  public Integer call() throws InterruptedException {
    try (Broker broker =
            Broker.connect(
                BrokerConfig.of(settings.read(Map.of()).requireAmqpUri()), "audit-worker");
        AuditWorker worker =
            AuditWorker.start(
                node.agentConfig("audit"),
                slots,
                new BrokerCoordinatorPort(broker),
                new BrokerWorkSource(broker),
                node.launcher(),
                new HostMemory())) {
      System.out.println("The audit node takes work. Stop it with Ctrl-C.");
      return node.runUntilItEnds(worker.agent());
    }
  }
}
