package dev.morphene.protocol.placement;

import dev.morphene.protocol.memory.ByteSize;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * The design's memory rule: a job may join a GPU when the number of jobs there stays within the
 * smallest parallelism of any of them, and its promise fits into
 *
 * <pre>usable = free − Σ max(0, promised − observed) over our running jobs − safety margin</pre>
 *
 * @param safetyMargin left free on every GPU
 */
public record MemoryRule(ByteSize safetyMargin) {
  private static final MemoryRule USUAL = new MemoryRule(ByteSize.ofGb(0.5));

  /** With half a GB of margin: a CUDA context that nobody promised still fits. */
  public static MemoryRule usual() {
    return USUAL;
  }

  /** Bytes that a newcomer may be promised now; 0 when free memory is unknown. */
  public long usableBytes(GpuSnapshot gpu) {
    return gpu.free().isEmpty() ? 0 : Math.max(0, leftBytes(gpu));
  }

  /** Negative when more is promised than there is. */
  private long leftBytes(GpuSnapshot gpu) {
    long left = gpu.free().orElseThrow().bytes() - safetyMargin.bytes();
    for (Tenant tenant : gpu.tenants()) {
      left -= tenant.stillToComeBytes();
    }
    return left;
  }

  public boolean allows(GpuSnapshot gpu, JobNeed newcomer) {
    return allowsWithoutReservation(gpu, newcomer)
        && (gpu.reservedFor().isEmpty() || gpu.reservedFor().get().isNoLargerThan(newcomer));
  }

  /** As if no waiting job had the GPU reserved. */
  boolean allowsWithoutReservation(GpuSnapshot gpu, JobNeed newcomer) {
    return gpu.free().isPresent()
        && allowsBeside(gpu, newcomer)
        && newcomer.memory().bytes() <= leftBytes(gpu);
  }

  /** The parallelism half of the rule alone. */
  public boolean allowsBeside(GpuSnapshot gpu, JobNeed newcomer) {
    int together = gpu.tenants().size() + 1;
    if (together > gpu.jobsAtMost() || together > newcomer.sideBySide()) {
      return false;
    }
    for (Tenant tenant : gpu.tenants()) {
      if (together > tenant.need().sideBySide()) {
        return false;
      }
    }
    return true;
  }

  /** Whether the GPU could take the job if nothing else were on it. */
  public boolean couldEverHold(GpuSnapshot gpu, JobNeed need) {
    return gpu.jobsAtMost() > 0
        && need.memory().bytes() <= gpu.total().bytes() - safetyMargin.bytes();
  }

  /**
   * Of the GPUs that allow the newcomer the one where the least is left over, so that large jobs
   * find room; of equal ones the one with more jobs, then the one first in order of id.
   */
  public Optional<GpuSnapshot> bestFit(Collection<GpuSnapshot> gpus, JobNeed newcomer) {
    return gpus.stream()
        .filter(gpu -> allows(gpu, newcomer))
        .min(
            Comparator.comparingLong(this::usableBytes)
                .thenComparingInt(gpu -> -gpu.tenants().size())
                .thenComparing(gpu -> gpu.gpu().value()));
  }
}
