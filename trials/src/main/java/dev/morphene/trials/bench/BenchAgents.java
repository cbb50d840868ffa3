package dev.morphene.trials.bench;

import dev.morphene.agent.NodeAgent;
import dev.morphene.agent.NodeAgentConfig;
import dev.morphene.agent.child.Child;
import dev.morphene.agent.coordinator.BrokerCoordinatorPort;
import dev.morphene.agent.placement.SlotAdmission;
import dev.morphene.agent.work.BrokerWorkSource;
import dev.morphene.broker.Broker;
import dev.morphene.broker.BrokerConfig;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.ClaimReply;
import dev.morphene.protocol.message.Heartbeat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Production node agents whose children end at once, in a process of their own, until standard
 * input ends. Then writes down when each job's child was started: a line with job id and
 * milliseconds since 1970 for each.
 */
public final class BenchAgents {
  private BenchAgents() {}

  /** Takes the broker's address, the number of agents, the slots of each, the file to write. */
  public static void main(String[] arguments) throws IOException {
    BrokerConfig broker = BrokerConfig.of(arguments[0]);
    int agents = Integer.parseInt(arguments[1]);
    int slots = Integer.parseInt(arguments[2]);
    InstantSource clock = InstantSource.system();
    Queue<String> starts = new ConcurrentLinkedQueue<>();
    Deque<AutoCloseable> started = new ArrayDeque<>();
    for (int number = 1; number <= agents; number++) {
      String name = "bench-" + number;
      Broker connection = Broker.connect(broker, name);
      started.push(connection);
      connection.ready().join();
      started.push(
          NodeAgent.start(
              NodeAgentConfig.withDefaults(new WorkerId(name), "bench"),
              new SlotAdmission(List.of(JobKind.AUDIT), BenchAgents::processors, slots),
              new BrokerCoordinatorPort(connection),
              new BrokerWorkSource(connection),
              (granted, placement, untilNanos) -> start(granted, clock, starts),
              processId -> Optional.empty(),
              clock,
              System::nanoTime));
    }
    System.out.println(BenchProcess.READY);
    BenchProcess.awaitEndOfInput();
    Files.write(Path.of(arguments[3]), starts);
    while (!started.isEmpty()) {
      BenchProcess.close(started.pop());
    }
  }

  private static Child start(
      ClaimReply.Granted granted, InstantSource clock, Queue<String> starts) {
    starts.add(granted.attempt().job() + " " + clock.millis());
    return new NoOpChild(granted.attempt());
  }

  private static Heartbeat.Device processors() {
    return new Heartbeat.Device(
        new GpuUuid("CPU"),
        "processors",
        ByteSize.ofGb(1),
        Optional.empty(),
        1_000,
        "HOST",
        Optional.empty());
  }
}
