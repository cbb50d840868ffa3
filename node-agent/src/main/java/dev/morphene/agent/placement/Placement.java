package dev.morphene.agent.placement;

import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.queue.QueueName;

/**
 * A place that is kept for one job until it is released.
 *
 * @param number unique in the node
 * @param queue the queue it was reserved for
 * @param device as the engine calls it: {@code cpu} or {@code cuda:N}
 */
public record Placement(long number, QueueName queue, GpuUuid gpu, String device) {}
