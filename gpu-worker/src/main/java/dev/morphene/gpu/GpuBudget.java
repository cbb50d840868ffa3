package dev.morphene.gpu;

import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import java.util.function.Supplier;

/**
 * A device that jobs may run on.
 *
 * @param gpu as its driver names it; {@code CPU} for a node without one
 * @param device as the engine calls it: {@code cpu} or {@code cuda:N}
 * @param name for people
 * @param total memory that jobs may use
 * @param free reads the memory that nobody uses now
 * @param jobs side by side at most, whatever their memory; a CPU runs one, since one training uses
 *     every core
 */
public record GpuBudget(
    GpuUuid gpu, String device, String name, ByteSize total, Supplier<ByteSize> free, int jobs) {
  public GpuBudget {
    if (jobs < 1) {
      throw new IllegalArgumentException("A device runs at least one job, not " + jobs + ".");
    }
  }
}
