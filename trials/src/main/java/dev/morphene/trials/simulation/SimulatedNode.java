package dev.morphene.trials.simulation;

import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.placement.GpuSnapshot;
import dev.morphene.protocol.placement.JobNeed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** A machine with equal GPUs and its agent. */
final class SimulatedNode {
  final int number;
  final WorkerId id;
  final List<SimulatedGpu> gpus = new ArrayList<>();

  /** Its own fate, so that it is the same whatever the policy does. */
  final SplittableRandom fate;

  private final long beatOffsetMillis;
  private final Set<JobNeed> refused = new HashSet<>();
  private List<GpuSnapshot> snapshots = List.of();
  private boolean stale = true;
  private boolean takes = true;
  private long changes = 1;

  SimulatedNode(int number, ByteSize gpuTotal, int gpuCount, SplittableRandom fate) {
    this.number = number;
    this.id = new WorkerId("node-" + number);
    this.fate = fate;
    this.beatOffsetMillis = fate.nextLong(Timing.HEARTBEAT_MILLIS);
    for (int i = 0; i < gpuCount; i++) {
      gpus.add(new SimulatedGpu(this, i, gpuTotal));
    }
  }

  /** The last beat at or before that moment; heartbeats are computed, not simulated. */
  long lastBeatMillis(long nowMillis) {
    long period = Timing.HEARTBEAT_MILLIS;
    return Math.floorDiv(nowMillis - beatOffsetMillis, period) * period + beatOffsetMillis;
  }

  /** Whether the agent takes work: it is up, reaches the broker and does not drain. */
  boolean takes() {
    return takes;
  }

  void setTaking(boolean now) {
    takes = now;
    changed();
  }

  /** Grows with every change of the node or of one of its GPUs. */
  long changes() {
    return changes;
  }

  void changed() {
    changes++;
    stale = true;
    refused.clear();
  }

  List<GpuSnapshot> snapshots() {
    if (stale) {
      snapshots = gpus.stream().map(SimulatedGpu::snapshot).toList();
      stale = false;
    }
    return snapshots;
  }

  /** Whether an equal job found no place here since anything changed. */
  boolean hasRefused(JobNeed need) {
    return refused.contains(need);
  }

  void refuse(JobNeed need) {
    refused.add(need);
  }

  SimulatedGpu gpu(GpuSnapshot snapshot) {
    return gpus.stream().filter(gpu -> gpu.id.equals(snapshot.gpu())).findFirst().orElseThrow();
  }
}
