package dev.morphene.agent.placement;

import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.queue.QueueName;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** A fixed number of jobs side by side, of any queue: for work that runs on the CPU. */
public final class SlotAdmission implements Admission {
  private final List<JobKind> kinds;
  private final List<QueueName> queues;
  private final Supplier<Heartbeat.Device> device;
  private final int slots;
  private final Set<Long> taken = new HashSet<>();
  private long lastNumber;

  /**
   * @param device read anew for each heartbeat
   * @param slots 1 or more
   */
  public SlotAdmission(List<JobKind> kinds, Supplier<Heartbeat.Device> device, int slots) {
    if (slots < 1) {
      throw new IllegalArgumentException("A node needs at least one slot, not " + slots + ".");
    }
    this.kinds = List.copyOf(kinds);
    this.queues = kinds.stream().map(QueueName::work).toList();
    this.device = device;
    this.slots = slots;
  }

  @Override
  public List<JobKind> kinds() {
    return kinds;
  }

  @Override
  public List<QueueName> queues() {
    return queues;
  }

  /**
   * One for a usual node: its queues share the slots, and what is taken in vain is kept from
   * others. A node of hundreds of slots takes many at a time.
   */
  @Override
  public int prefetch(QueueName queue) {
    return Math.max(1, slots / 4);
  }

  @Override
  public synchronized List<Heartbeat.Room> room() {
    return queues.stream().map(queue -> new Heartbeat.Room(queue, slots - taken.size())).toList();
  }

  @Override
  public synchronized boolean hasRoomFor(QueueName queue) {
    return taken.size() < slots;
  }

  @Override
  public synchronized Optional<Placement> reserve(QueueName queue, Optional<JobNeed> need) {
    if (taken.size() >= slots) {
      return Optional.empty();
    }
    lastNumber++;
    taken.add(lastNumber);
    return Optional.of(Placement.onProcessors(lastNumber, queue, device.get().gpu()));
  }

  @Override
  public synchronized void release(Placement placement) {
    taken.remove(placement.number());
  }

  @Override
  public List<Heartbeat.Device> devices() {
    return List.of(device.get());
  }
}
