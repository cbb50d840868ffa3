package dev.morphene.agent.placement;

import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.queue.QueueName;
import java.util.Map;

/**
 * A place that is kept for one job until it is released.
 *
 * @param number unique in the node
 * @param queue the queue it was reserved for
 * @param device as the engine calls it: {@code cpu} or {@code cuda:N}
 * @param environment of the child there: which GPU it sees
 */
public record Placement(
    long number, QueueName queue, GpuUuid gpu, String device, Map<String, String> environment) {
  public Placement {
    environment = Map.copyOf(environment);
  }

  /** A place on the processors. */
  public static Placement onProcessors(long number, QueueName queue, GpuUuid gpu) {
    return new Placement(number, queue, gpu, "cpu", Map.of());
  }
}
