package dev.morphene.gpu;

import dev.morphene.agent.NodeAgent;
import dev.morphene.agent.NodeAgentConfig;
import dev.morphene.agent.child.ChildStart;
import dev.morphene.agent.coordinator.CoordinatorPort;
import dev.morphene.agent.telemetry.HostMemory;
import dev.morphene.agent.telemetry.ResidentMemory;
import dev.morphene.agent.work.WorkSource;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.placement.MemoryRule;
import java.time.InstantSource;
import java.util.List;

/** The node that trains: one per machine, each training a child process on one of its devices. */
public final class GpuWorker implements AutoCloseable {
  private final NodeAgent agent;

  private GpuWorker(NodeAgent agent) {
    this.agent = agent;
  }

  public static GpuWorker start(
      NodeAgentConfig config,
      GpuDevices devices,
      CoordinatorPort coordinator,
      WorkSource work,
      ChildStart children,
      ResidentMemory memory) {
    return new GpuWorker(
        NodeAgent.start(
            config,
            new MemoryAdmission(devices, MemoryRule.usual()),
            coordinator,
            work,
            children,
            memory,
            InstantSource.system(),
            System::nanoTime));
  }

  /** The processors of this machine as one device, with the machine's memory as its budget. */
  public static GpuDevices processors(HostMemory memory, int cores) {
    return () ->
        List.of(
            GpuDevice.plain(
                new GpuUuid("CPU"),
                "cpu",
                cores + (cores == 1 ? " core" : " cores"),
                memory.total(),
                memory.available(),
                1,
                "HOST"));
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
