package dev.morphene.trials.simulation;

import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.placement.GpuSnapshot;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.placement.ReservationPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A GPU as it is, and as the rule sees it. */
final class SimulatedGpu {
  final SimulatedNode node;
  final int index;
  final GpuUuid id;
  final ReservationPlan.Place place;
  final ByteSize total;
  final List<SimulatedAttempt> tenants = new ArrayList<>();
  private long strangersBytes;
  private Optional<JobNeed> reservedFor = Optional.empty();
  private GpuSnapshot snapshot;
  private ReservationPlan.Candidate candidate;

  SimulatedGpu(SimulatedNode node, int index, ByteSize total) {
    this.node = node;
    this.index = index;
    this.id = new GpuUuid("GPU-" + node.number + "-" + index);
    this.place = new ReservationPlan.Place(node.id, id);
    this.total = total;
  }

  /** To be called after every change of what is on the GPU. */
  void changed() {
    snapshot = null;
    candidate = null;
    node.changed();
  }

  long freeBytes() {
    long free = total.bytes() - strangersBytes;
    for (SimulatedAttempt tenant : tenants) {
      free -= tenant.heldBytes;
    }
    return free;
  }

  long strangersBytes() {
    return strangersBytes;
  }

  /**
   * @param change may be negative, when a stranger goes
   */
  void strangersTake(long change) {
    strangersBytes += change;
    changed();
  }

  Optional<JobNeed> reservedFor() {
    return reservedFor;
  }

  void reserve(Optional<JobNeed> need) {
    if (!reservedFor.equals(need)) {
      reservedFor = need;
      changed();
    }
  }

  GpuSnapshot snapshot() {
    if (snapshot == null) {
      snapshot =
          new GpuSnapshot(
              id,
              total,
              Optional.of(new ByteSize(Math.max(0, freeBytes()))),
              tenants.stream().map(SimulatedAttempt::tenant).toList(),
              MemoryClass.UNDER_30_GB.jobsSideBySide(),
              reservedFor);
    }
    return snapshot;
  }

  /** With the ends that the progress of its jobs foretells. */
  ReservationPlan.Candidate candidate() {
    if (candidate == null) {
      List<Instant> ends =
          tenants.stream().map(tenant -> Instant.ofEpochMilli(tenant.reachesMillis(1))).toList();
      candidate = new ReservationPlan.Candidate(snapshot(), ends);
    }
    return candidate;
  }
}
