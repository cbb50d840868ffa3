package dev.morphene.gpu;

import dev.morphene.agent.placement.Admission;
import dev.morphene.agent.placement.Placement;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.queue.QueueName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The guide's parallelism rule: the largest job on a GPU decides how many may share it. Of the GPUs
 * that have room, the fullest is taken, so that large jobs find an empty one.
 */
public final class ParallelismAdmission implements Admission {
  private record Reservation(GpuBudget device, MemoryClass memoryClass) {}

  private final List<GpuBudget> devices;
  private final Map<Long, Reservation> reservations = new HashMap<>();
  private long lastNumber;

  public ParallelismAdmission(List<GpuBudget> devices) {
    if (devices.isEmpty()) {
      throw new IllegalArgumentException("A training node needs at least one device.");
    }
    this.devices = List.copyOf(devices);
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

  @Override
  public synchronized boolean hasRoomFor(QueueName queue) {
    return fullestWithRoom(memoryClass(queue)).isPresent();
  }

  @Override
  public synchronized Optional<Placement> reserve(QueueName queue) {
    MemoryClass memoryClass = memoryClass(queue);
    return fullestWithRoom(memoryClass)
        .map(
            device -> {
              lastNumber++;
              reservations.put(lastNumber, new Reservation(device, memoryClass));
              return new Placement(lastNumber, queue, device.gpu(), device.device());
            });
  }

  @Override
  public synchronized void release(Placement placement) {
    reservations.remove(placement.number());
  }

  @Override
  public List<Heartbeat.Device> devices() {
    return devices.stream()
        .map(
            device ->
                new Heartbeat.Device(
                    device.gpu(), device.name(), device.total(), Optional.of(device.free().get())))
        .toList();
  }

  private Optional<GpuBudget> fullestWithRoom(MemoryClass newcomer) {
    GpuBudget best = null;
    int most = -1;
    for (GpuBudget device : devices) {
      List<MemoryClass> together = new ArrayList<>(classesOn(device));
      together.add(newcomer);
      boolean fits = together.size() <= device.jobs() && MemoryClass.allowsTogether(together);
      if (fits && together.size() > most) {
        best = device;
        most = together.size();
      }
    }
    return Optional.ofNullable(best);
  }

  private List<MemoryClass> classesOn(GpuBudget device) {
    return reservations.values().stream()
        .filter(reservation -> reservation.device().gpu().equals(device.gpu()))
        .map(Reservation::memoryClass)
        .toList();
  }

  private static MemoryClass memoryClass(QueueName queue) {
    return Arrays.stream(MemoryClass.values())
        .filter(candidate -> QueueName.training(candidate).equals(queue))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("\"" + queue + "\" is no queue of training jobs."));
  }
}
