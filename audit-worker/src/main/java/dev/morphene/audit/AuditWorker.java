package dev.morphene.audit;

import dev.morphene.agent.NodeAgent;
import dev.morphene.agent.NodeAgentConfig;
import dev.morphene.agent.child.ChildStart;
import dev.morphene.agent.coordinator.CoordinatorPort;
import dev.morphene.agent.placement.Admission;
import dev.morphene.agent.placement.SlotAdmission;
import dev.morphene.agent.telemetry.HostMemory;
import dev.morphene.agent.work.WorkSource;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.message.Heartbeat;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The node that needs no GPU: it prepares datasets, renders and measures checkpoints, exports and
 * packages.
 */
public final class AuditWorker implements AutoCloseable {
  private final NodeAgent agent;

  private AuditWorker(NodeAgent agent) {
    this.agent = agent;
  }

  /**
   * @param slots jobs side by side, 1 or more
   */
  public static AuditWorker start(
      NodeAgentConfig config,
      int slots,
      CoordinatorPort coordinator,
      WorkSource work,
      ChildStart children,
      HostMemory memory) {
    return new AuditWorker(
        NodeAgent.start(
            config,
            admission(memory, slots),
            coordinator,
            work,
            children,
            memory,
            InstantSource.system(),
            System::nanoTime));
  }

  static Admission admission(HostMemory memory, int slots) {
    return new SlotAdmission(
        List.of(JobKind.PREPROCESS, JobKind.AUDIT, JobKind.EXPORT),
        () ->
            new Heartbeat.Device(
                new GpuUuid("CPU"),
                "processors",
                memory.total(),
                Optional.of(memory.available()),
                slots,
                "HOST",
                Optional.empty()),
        slots);
  }

  public NodeAgent agent() {
    return agent;
  }

  /** Gives running jobs back and stops. */
  @Override
  public void close() {
    agent.close();
  }
}
