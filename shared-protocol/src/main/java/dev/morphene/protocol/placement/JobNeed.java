package dev.morphene.protocol.placement;

import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.memory.MemoryClass;

/**
 * What a job asks of a GPU.
 *
 * @param memory promised to it: the envelope of its recipe, phase 2 included from the start
 * @param sideBySide how many jobs may share a GPU with it, itself included, 1 to 3: its memory
 *     class's, or fewer after it ran out of memory beside neighbours
 */
public record JobNeed(ByteSize memory, int sideBySide) {
  public JobNeed {
    Required.present(memory, "memory");
    Required.between(1, MemoryClass.UNDER_30_GB.jobsSideBySide(), sideBySide, "sideBySide");
  }

  /** As the guide's table has it for a job of that peak. */
  public static JobNeed of(ByteSize memory) {
    return new JobNeed(memory, MemoryClass.of(memory).jobsSideBySide());
  }

  /** The same memory with no more than that many jobs on the GPU. */
  public JobNeed withAtMost(int jobs) {
    return new JobNeed(memory, Math.min(sideBySide, jobs));
  }

  public MemoryClass memoryClass() {
    return MemoryClass.of(memory);
  }

  /** Whether a place that is good for {@code other} is good for this too. */
  public boolean isNoLargerThan(JobNeed other) {
    return memory.compareTo(other.memory) <= 0 && sideBySide >= other.sideBySide;
  }
}
