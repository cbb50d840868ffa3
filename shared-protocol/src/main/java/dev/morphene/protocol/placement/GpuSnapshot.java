package dev.morphene.protocol.placement;

import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.memory.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A GPU at one moment.
 *
 * @param total memory that jobs can have, without what the driver keeps
 * @param free as the driver reports it, strangers included; absent when it cannot be read or is
 *     stale: such a GPU admits nothing
 * @param tenants our jobs on it
 * @param jobsAtMost whatever their memory; a node without GPU runs one on its processors
 * @param reservedFor the need of a waiting large job: nothing smaller is let in
 */
public record GpuSnapshot(
    GpuUuid gpu,
    ByteSize total,
    Optional<ByteSize> free,
    List<Tenant> tenants,
    int jobsAtMost,
    Optional<JobNeed> reservedFor) {
  public GpuSnapshot {
    Required.present(gpu, "gpu");
    Required.present(total, "total");
    Required.present(free, "free");
    tenants = List.copyOf(tenants);
    Required.atLeast(0, jobsAtMost, "jobsAtMost");
    Required.present(reservedFor, "reservedFor");
  }

  /**
   * The same GPU with one more job on it, which has not taken any memory yet: {@code free} stays
   * what was read.
   */
  public GpuSnapshot with(JobNeed newcomer) {
    List<Tenant> more = new ArrayList<>(tenants);
    more.add(new Tenant(newcomer, new ByteSize(0)));
    return new GpuSnapshot(gpu, total, free, more, jobsAtMost, reservedFor);
  }

  /** The same GPU once one of its tenants has ended: what it held is free. */
  public GpuSnapshot without(Tenant ended) {
    List<Tenant> rest = new ArrayList<>(tenants);
    rest.remove(ended);
    Optional<ByteSize> more =
        free.map(
            now -> new ByteSize(Math.min(total.bytes(), now.bytes() + ended.observed().bytes())));
    return new GpuSnapshot(gpu, total, more, rest, jobsAtMost, reservedFor);
  }

  /** The same GPU as if nothing ran on it, neither ours nor strangers. */
  public GpuSnapshot emptied() {
    return new GpuSnapshot(gpu, total, Optional.of(total), List.of(), jobsAtMost, Optional.empty());
  }
}
