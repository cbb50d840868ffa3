package dev.morphene.trials.fault;

import dev.morphene.agent.NodeAgentConfig;
import dev.morphene.agent.child.ChildLauncher;
import dev.morphene.agent.coordinator.BrokerCoordinatorPort;
import dev.morphene.agent.telemetry.HostMemory;
import dev.morphene.agent.work.BrokerWorkSource;
import dev.morphene.audit.AuditWorker;
import dev.morphene.broker.Broker;
import dev.morphene.broker.BrokerConfig;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.rave.process.LeaseWatch;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * One node with scripted trainers, and with the times of production: {@code NAME AMQP_URI
 * WORK_FOLDER SLOTS}.
 */
public final class AgentMain {
  private static final int TRAINER_HEAP_MEGABYTES = 16;

  private AgentMain() {}

  public static void main(String[] arguments) throws Exception {
    ParentWatch.start();
    ChildLauncher launcher =
        new ChildLauncher(
            new ChildLauncher.Settings(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                ScriptedTrainer.class.getName(),
                trainerClassPath(),
                Path.of(arguments[2]),
                TRAINER_HEAP_MEGABYTES,
                1));
    Broker broker = Broker.connect(BrokerConfig.of(arguments[1]), arguments[0]);
    AuditWorker worker =
        AuditWorker.start(
            NodeAgentConfig.withDefaults(new WorkerId(arguments[0]), "trial"),
            Integer.parseInt(arguments[3]),
            new BrokerCoordinatorPort(broker),
            new BrokerWorkSource(broker),
            launcher,
            new HostMemory());
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  worker.close();
                  broker.close();
                },
                "agent-end"));
    new CountDownLatch(1).await();
  }

  /** No more than the trainer needs: it starts faster. */
  private static String trainerClassPath() throws URISyntaxException {
    StringBuilder path = new StringBuilder();
    for (Class<?> one : List.of(ScriptedTrainer.class, LeaseWatch.class, AttemptId.class)) {
      path.append(path.length() == 0 ? "" : ":")
          .append(Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI()));
    }
    return path.toString();
  }
}
