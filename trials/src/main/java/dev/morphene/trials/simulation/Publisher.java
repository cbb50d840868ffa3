package dev.morphene.trials.simulation;

import dev.morphene.coordinator.outbox.PublishOrder;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.spec.Recipe;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The outbox and, for each memory class, the messages that no node has claimed. The small window is
 * one of each size: with one of each class, jobs that find no place would keep the nodes from
 * seeing smaller ones of the same class.
 */
final class Publisher {
  private record Turn(BatchId batch, int priority) {}

  private record Size(MemoryClass queue, Recipe recipe, int sideBySide) {
    static Size of(SimulatedJob job) {
      return new Size(job.queue, job.spec.recipe(), job.sideBySide);
    }
  }

  private final World world;
  private final PublishOrder order = PublishOrder.usual();
  private final int window;
  private final Map<Size, Map<Turn, Deque<SimulatedJob>>> outbox = new LinkedHashMap<>();
  private final Map<MemoryClass, Map<Size, Map<Long, SimulatedJob>>> published =
      new EnumMap<>(MemoryClass.class);
  private final Map<MemoryClass, Map<Long, SimulatedJob>> asPublished =
      new EnumMap<>(MemoryClass.class);
  private final Map<BatchId, Integer> busyByBatch = new HashMap<>();
  private long rows;
  private long messages;

  /**
   * @param window how many jobs of a size may be published and unclaimed
   */
  Publisher(World world, int window) {
    this.world = world;
    this.window = window;
    for (MemoryClass memoryClass : MemoryClass.values()) {
      published.put(memoryClass, new LinkedHashMap<>());
      asPublished.put(memoryClass, new LinkedHashMap<>());
    }
  }

  /** A pending job has become ready. */
  void enqueue(SimulatedJob job) {
    job.row = ++rows;
    job.readySinceMillis = world.clock.nowMillis();
    job.queue = world.policy.need(job).memoryClass();
    outbox
        .computeIfAbsent(Size.of(job), absent -> new LinkedHashMap<>())
        .computeIfAbsent(
            new Turn(job.plan.batch(), job.plan.priority()), absent -> new ArrayDeque<>())
        .add(job);
  }

  /** Fills the windows; what is new in them. */
  List<SimulatedJob> round() {
    List<SimulatedJob> fresh = new ArrayList<>();
    outbox.forEach(
        (size, waiting) -> {
          int room = window - unclaimed(size).size();
          if (room > 0 && !waiting.isEmpty()) {
            publish(size, waiting, room, fresh);
          }
        });
    return fresh;
  }

  private void publish(
      Size size, Map<Turn, Deque<SimulatedJob>> waiting, int room, List<SimulatedJob> fresh) {
    Map<Long, SimulatedJob> jobs = new HashMap<>();
    for (Deque<SimulatedJob> turn : waiting.values()) {
      turn.stream().limit(room).forEach(job -> jobs.put(job.row, job));
    }
    for (PublishOrder.Candidate chosen :
        order.choose(candidates(jobs.values()), busyByBatch, room, world.clock.now())) {
      SimulatedJob job = jobs.get(chosen.row());
      Turn turn = new Turn(job.plan.batch(), job.plan.priority());
      waiting.get(turn).remove(job);
      if (waiting.get(turn).isEmpty()) {
        waiting.remove(turn);
      }
      fresh.add(job);
      job.become(JobState.QUEUED);
      job.publishedAtMillis = world.clock.nowMillis();
      asPublished.get(job.queue).put(job.row, job);
      unclaimed(size).put(job.row, job);
      busyByBatch.merge(job.plan.batch(), 1, Integer::sum);
    }
  }

  private static List<PublishOrder.Candidate> candidates(Collection<SimulatedJob> jobs) {
    return jobs.stream()
        .map(
            job ->
                new PublishOrder.Candidate(
                    job.row,
                    job.plan.batch(),
                    job.plan.priority(),
                    Instant.ofEpochMilli(job.readySinceMillis)))
        .toList();
  }

  private Map<Long, SimulatedJob> unclaimed(Size size) {
    return published.get(size.queue()).computeIfAbsent(size, absent -> new LinkedHashMap<>());
  }

  /** The messages of a class in the order in which a node places them, in one or more parts. */
  List<List<SimulatedJob>> messages(MemoryClass memoryClass) {
    if (world.policy.order().isEmpty()) {
      return List.of(List.copyOf(asPublished.get(memoryClass).values()));
    }
    List<List<SimulatedJob>> parts = new ArrayList<>();
    for (Map<Long, SimulatedJob> ofSize : published.get(memoryClass).values()) {
      if (!ofSize.isEmpty()) {
        parts.add(new ArrayList<>(ofSize.values()));
      }
    }
    Comparator<JobNeed> order = world.policy.order().get();
    parts.sort((one, other) -> order.compare(needOfFirst(one), needOfFirst(other)));
    return parts;
  }

  private JobNeed needOfFirst(List<SimulatedJob> jobs) {
    return world.policy.need(jobs.get(0));
  }

  /** Every unclaimed message, in the order in which they would be published again. */
  List<SimulatedJob> unclaimed() {
    Map<Long, SimulatedJob> jobs = new HashMap<>();
    published.values().forEach(sizes -> sizes.values().forEach(jobs::putAll));
    return order
        .choose(candidates(jobs.values()), Map.of(), Integer.MAX_VALUE, world.clock.now())
        .stream()
        .map(candidate -> jobs.get(candidate.row()))
        .toList();
  }

  /** A claim was granted. */
  void claimed(SimulatedJob job) {
    unclaimed(Size.of(job)).remove(job.row);
    asPublished.get(job.queue).remove(job.row);
  }

  /** The job neither waits at the broker nor runs any more. */
  void idle(SimulatedJob job) {
    busyByBatch.merge(job.plan.batch(), -1, (busy, one) -> busy + one == 0 ? null : busy + one);
  }
}
