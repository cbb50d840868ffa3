package dev.morphene.protocol.placement;

import dev.morphene.protocol.memory.ByteSize;
import java.util.Collection;
import java.util.Comparator;

/**
 * With which priority a node consumes the work queues: those with smaller GPUs are served first, so
 * that the large ones stay free for the jobs that only they can hold. For RabbitMQ it is the
 * consumer's {@code x-priority}; a node that has no room does not consume, so nobody waits for it.
 */
public final class NodePriority {
  private NodePriority() {}

  /**
   * Higher is served first.
   *
   * @param gpuTotals memory of the node's GPUs; none is as if they were the smallest
   */
  public static int of(Collection<ByteSize> gpuTotals) {
    return gpuTotals.stream()
        .max(Comparator.naturalOrder())
        .map(largest -> (int) -Math.round(largest.gb()))
        .orElse(0);
  }
}
