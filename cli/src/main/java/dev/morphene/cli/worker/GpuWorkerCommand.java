package dev.morphene.cli.worker;

import dev.morphene.agent.coordinator.BrokerCoordinatorPort;
import dev.morphene.agent.telemetry.HostMemory;
import dev.morphene.agent.work.BrokerWorkSource;
import dev.morphene.broker.Broker;
import dev.morphene.broker.BrokerConfig;
import dev.morphene.cli.config.SettingsOptions;
import dev.morphene.gpu.GpuWorker;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code morphene gpu-worker}: a training node of a cluster. */
@Command(
    name = "gpu-worker",
    description =
        "Runs a training node: takes training jobs from the broker until it is told to stop, on"
            + " the processors of its machine or on its GPUs.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: MORPHENE_AMQP_URI=amqp://... morphene gpu-worker --name render-07"})
public final class GpuWorkerCommand implements Callable<Integer> {
  @Mixin private SettingsOptions settings;
  @Mixin private NodeOptions node;
  @Mixin private DeviceOptions devices;

  @Override
  public Integer call() throws InterruptedException {
    HostMemory memory = new HostMemory();
    try (Broker broker =
            Broker.connect(
                BrokerConfig.of(settings.read(Map.of()).requireAmqpUri()), "gpu-worker");
        DeviceOptions.Chosen chosen = devices.choose(memory, node.effectiveThreads());
        GpuWorker worker =
            GpuWorker.start(
                node.agentConfig("gpu"),
                chosen.devices(),
                new BrokerCoordinatorPort(broker),
                new BrokerWorkSource(broker),
                node.launcher(),
                chosen.memory())) {
      System.out.println("The training node takes work. Stop it with Ctrl-C.");
      return node.runUntilItEnds(worker.agent());
    }
  }
}
