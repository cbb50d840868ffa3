package dev.morphene.gpu;

import dev.morphene.agent.placement.Admission;
import dev.morphene.agent.placement.Placement;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.message.HeartbeatReply;
import dev.morphene.protocol.placement.GpuSnapshot;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.placement.MemoryRule;
import dev.morphene.protocol.placement.NodePriority;
import dev.morphene.protocol.placement.Tenant;
import dev.morphene.protocol.queue.QueueName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The memory rule on the GPUs of one node: a job goes where it fits best, and a queue is taken from
 * only while some GPU has room for the smallest job of its class.
 */
public final class MemoryAdmission implements Admission {
  /** Smallest promise that a job of each class can have. */
  private static final Map<MemoryClass, ByteSize> SMALLEST =
      Map.of(
          MemoryClass.UNDER_30_GB, ByteSize.ofGb(1),
          MemoryClass.FROM_30_TO_40_GB, ByteSize.ofGb(30),
          MemoryClass.OVER_40_GB, ByteSize.ofGb(40.1));

  private static final int CHOICE = 4;
  private static final Duration GATHERING = Duration.ofMillis(20);

  private record Reservation(GpuUuid gpu, Tenant tenant) {}

  private final GpuDevices devices;
  private final MemoryRule rule;
  private final Map<Long, Reservation> reservations = new HashMap<>();
  private Map<GpuUuid, JobNeed> kept = Map.of();
  private long lastNumber;

  public MemoryAdmission(GpuDevices devices, MemoryRule rule) {
    this.devices = devices;
    this.rule = rule;
  }

  @Override
  public List<JobKind> kinds() {
    return List.of(JobKind.TRAIN);
  }

  /** Large classes first: they are the hardest to place. */
  @Override
  public List<QueueName> queues() {
    return List.of(
        QueueName.training(MemoryClass.OVER_40_GB),
        QueueName.training(MemoryClass.FROM_30_TO_40_GB),
        QueueName.training(MemoryClass.UNDER_30_GB));
  }

  /** So that the node has a choice, and takes the largest that fits. */
  @Override
  public int prefetch(QueueName queue) {
    return CHOICE;
  }

  @Override
  public Duration gathering() {
    return GATHERING;
  }

  /** Small GPUs first, so that large ones stay free for what only they can hold. */
  @Override
  public int priority() {
    return NodePriority.of(devices.now().stream().map(GpuDevice::total).toList());
  }

  @Override
  public synchronized boolean hasRoomFor(QueueName queue) {
    return rule.bestFit(snapshots(), smallest(queue)).isPresent();
  }

  /** As many of the smallest job of a class as would find a place. */
  @Override
  public synchronized List<Heartbeat.Room> room() {
    List<Heartbeat.Room> room = new ArrayList<>();
    for (QueueName queue : queues()) {
      JobNeed need = smallest(queue);
      int jobs = 0;
      for (GpuSnapshot gpu : snapshots()) {
        for (GpuSnapshot filling = gpu; rule.allows(filling, need); filling = filling.with(need)) {
          jobs++;
        }
      }
      room.add(new Heartbeat.Room(queue, jobs));
    }
    return room;
  }

  @Override
  public synchronized Optional<Placement> reserve(QueueName queue, Optional<JobNeed> need) {
    JobNeed wanted = need.orElseGet(() -> smallest(queue));
    return rule.bestFit(snapshots(), wanted)
        .map(
            gpu -> {
              lastNumber++;
              reservations.put(
                  lastNumber, new Reservation(gpu.gpu(), new Tenant(wanted, new ByteSize(0))));
              GpuDevice device =
                  device(gpu.gpu())
                      .orElseThrow(
                          () ->
                              new IllegalStateException(
                                  "GPU " + gpu.gpu() + " went while it was chosen."));
              return new Placement(
                  lastNumber, queue, device.gpu(), device.engineDevice(), device.environment());
            });
  }

  @Override
  public synchronized void promise(Placement placement, JobNeed need) {
    reservations.computeIfPresent(
        placement.number(),
        (number, before) ->
            new Reservation(before.gpu(), new Tenant(need, before.tenant().observed())));
  }

  @Override
  public synchronized void observe(Placement placement, ByteSize used) {
    if (!device(placement.gpu()).map(GpuDevice::isMeasured).orElse(false)) {
      // The free memory of a stated budget does not shrink with use: promises are held back whole.
      return;
    }
    reservations.computeIfPresent(
        placement.number(),
        (number, before) ->
            new Reservation(before.gpu(), new Tenant(before.tenant().need(), used)));
  }

  @Override
  public void ended(Placement placement, AttemptReport report) {
    if (report instanceof AttemptReport.Completed) {
      devices.attemptEnded(placement.gpu(), Optional.empty());
    } else if (report instanceof AttemptReport.Failed failed) {
      devices.attemptEnded(placement.gpu(), Optional.of(failed.errorClass()));
    }
  }

  @Override
  public synchronized void release(Placement placement) {
    reservations.remove(placement.number());
  }

  @Override
  public synchronized void keep(List<HeartbeatReply.Reserved> reserved) {
    Map<GpuUuid, JobNeed> fresh = new HashMap<>();
    reserved.forEach(entry -> fresh.put(entry.gpu(), entry.need()));
    kept = fresh;
  }

  @Override
  public List<Heartbeat.Device> devices() {
    return devices.now().stream()
        .map(
            device ->
                new Heartbeat.Device(
                    device.gpu(),
                    device.model(),
                    device.total(),
                    device.free(),
                    device.jobsAtMost(),
                    device.source(),
                    device.fenced()))
        .toList();
  }

  private List<GpuSnapshot> snapshots() {
    return devices.now().stream()
        .filter(device -> device.fenced().isEmpty())
        .map(
            device ->
                new GpuSnapshot(
                    device.gpu(),
                    device.total(),
                    device.free(),
                    tenants(device.gpu()),
                    device.jobsAtMost(),
                    Optional.ofNullable(kept.get(device.gpu()))))
        .toList();
  }

  private List<Tenant> tenants(GpuUuid gpu) {
    return reservations.values().stream()
        .filter(reservation -> reservation.gpu().equals(gpu))
        .map(Reservation::tenant)
        .toList();
  }

  private Optional<GpuDevice> device(GpuUuid gpu) {
    return devices.now().stream().filter(device -> device.gpu().equals(gpu)).findFirst();
  }

  private static JobNeed smallest(QueueName queue) {
    return Arrays.stream(MemoryClass.values())
        .filter(candidate -> QueueName.training(candidate).equals(queue))
        .findFirst()
        .map(memoryClass -> JobNeed.of(SMALLEST.get(memoryClass)))
        .orElseThrow(
            () -> new IllegalArgumentException("\"" + queue + "\" is no queue of training jobs."));
  }
}
