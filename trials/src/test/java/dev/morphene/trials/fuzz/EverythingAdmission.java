package dev.morphene.trials.fuzz;

import dev.morphene.agent.placement.Admission;
import dev.morphene.agent.placement.Placement;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.queue.QueueName;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Always room, for every queue. */
final class EverythingAdmission implements Admission {
  private static final GpuUuid CPU = new GpuUuid("CPU");
  private final AtomicLong last = new AtomicLong();

  @Override
  public List<JobKind> kinds() {
    return Arrays.asList(JobKind.values());
  }

  @Override
  public List<QueueName> queues() {
    return QueueName.work();
  }

  @Override
  public int prefetch(QueueName queue) {
    return 200;
  }

  @Override
  public boolean hasRoomFor(QueueName queue) {
    return true;
  }

  @Override
  public List<Heartbeat.Room> room() {
    return List.of();
  }

  @Override
  public Optional<Placement> reserve(QueueName queue, Optional<JobNeed> need) {
    return Optional.of(Placement.onProcessors(last.incrementAndGet(), queue, CPU));
  }

  @Override
  public void release(Placement placement) {}

  @Override
  public List<Heartbeat.Device> devices() {
    return List.of(
        new Heartbeat.Device(
            CPU, "fuzz", ByteSize.ofGb(1), Optional.empty(), 1_000, "HOST", Optional.empty()));
  }
}
