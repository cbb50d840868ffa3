package dev.morphene.agent;

import dev.morphene.agent.placement.Admission;
import dev.morphene.agent.placement.Placement;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.queue.QueueName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A node that runs one job at a time and looks at several before it takes one. */
final class OnePlace implements Admission {
  private final QueueName queue;
  private boolean taken;

  OnePlace(QueueName queue) {
    this.queue = queue;
  }

  static Heartbeat.Device processors() {
    return new Heartbeat.Device(
        new GpuUuid("CPU"),
        "test",
        ByteSize.ofGb(1),
        Optional.empty(),
        2,
        "HOST",
        Optional.empty());
  }

  @Override
  public List<JobKind> kinds() {
    return List.of(JobKind.AUDIT);
  }

  @Override
  public List<QueueName> queues() {
    return List.of(queue);
  }

  @Override
  public int prefetch(QueueName queue) {
    return 4;
  }

  @Override
  public Duration gathering() {
    return Duration.ofMillis(20);
  }

  @Override
  public synchronized boolean hasRoomFor(QueueName queue) {
    return !taken;
  }

  @Override
  public List<Heartbeat.Room> room() {
    return List.of();
  }

  @Override
  public synchronized Optional<Placement> reserve(QueueName queue, Optional<JobNeed> need) {
    if (taken) {
      return Optional.empty();
    }
    taken = true;
    return Optional.of(Placement.onProcessors(1, queue, new GpuUuid("CPU")));
  }

  @Override
  public synchronized void release(Placement placement) {
    taken = false;
  }

  @Override
  public List<Heartbeat.Device> devices() {
    return List.of(processors());
  }
}
