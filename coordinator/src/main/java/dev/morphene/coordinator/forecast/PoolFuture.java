package dev.morphene.coordinator.forecast;

import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.placement.GpuSnapshot;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.placement.MemoryRule;
import dev.morphene.protocol.placement.ReservationPlan.Place;
import dev.morphene.protocol.placement.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Plays the pool forward: jobs are placed in their order as the memory rule would, and GPUs give
 * room back when their jobs are expected to end. A throw-away simulation over snapshots; nothing is
 * promised by it. Use it once.
 */
public final class PoolFuture {
  private final MemoryRule rule;
  private final Map<Place, GpuSnapshot> gpus = new LinkedHashMap<>();
  private final PriorityQueue<End> ends = new PriorityQueue<>(Comparator.comparing(End::at));
  private final Map<JobId, Outcome> outcomes = new LinkedHashMap<>();
  private long looksLeft;

  /**
   * A job to be placed.
   *
   * @param need absent for kinds that need no GPU: they start as soon as they may
   * @param waitsFor jobs that must end first; those that are not played have ended
   * @param runTime absent when it is not known: then it never ends
   */
  public record Task(
      JobId job, Optional<JobNeed> need, Set<JobId> waitsFor, Optional<Duration> runTime) {}

  /**
   * What became of a job.
   *
   * @param place absent for kinds that need no GPU
   * @param end absent when its run time is not known
   */
  public record Outcome(Optional<Place> place, Instant start, Optional<Instant> end) {}

  private record End(
      Instant at, Optional<Place> place, Optional<Tenant> tenant, Optional<JobId> job) {}

  /**
   * @param pool without fenced GPUs
   * @param mostLooks at a GPU; what was not placed by then has no outcome
   */
  public PoolFuture(MemoryRule rule, List<StartForecast.Gpu> pool, long mostLooks) {
    this.rule = rule;
    this.looksLeft = mostLooks;
    for (StartForecast.Gpu gpu : pool) {
      gpus.put(gpu.place(), gpu.snapshot());
      for (int i = 0; i < gpu.expectedEnds().size(); i++) {
        Optional<Tenant> tenant = Optional.of(gpu.snapshot().tenants().get(i));
        gpu.expectedEnds()
            .get(i)
            .ifPresent(
                at -> ends.add(new End(at, Optional.of(gpu.place()), tenant, Optional.empty())));
      }
    }
  }

  /**
   * @param running what others may wait for, with its expected end where it is known
   * @param tasks in the order in which they would be published
   * @return of those that are ever placed
   */
  public Map<JobId, Outcome> play(
      Map<JobId, Optional<Instant>> running, List<Task> tasks, Instant now) {
    running.forEach(
        (job, end) ->
            end.ifPresent(
                at -> ends.add(new End(at, Optional.empty(), Optional.empty(), Optional.of(job)))));
    List<Task> left = new ArrayList<>(tasks);
    Set<JobId> open = new HashSet<>(running.keySet());
    tasks.forEach(task -> open.add(task.job()));
    placeAll(left, gpus.keySet(), open, now);
    while (!left.isEmpty() && !ends.isEmpty() && looksLeft > 0) {
      End end = ends.poll();
      end.place()
          .ifPresent(
              place ->
                  gpus.computeIfPresent(
                      place, (at, gpu) -> gpu.without(end.tenant().orElseThrow())));
      boolean opens = end.job().isPresent() && open.remove(end.job().get());
      Instant then = end.at().isBefore(now) ? now : end.at();
      placeAll(left, opens ? gpus.keySet() : end.place().stream().toList(), open, then);
    }
    return outcomes;
  }

  private void placeAll(List<Task> left, Collection<Place> places, Set<JobId> open, Instant at) {
    for (Task task : List.copyOf(left)) {
      if (looksLeft <= 0) {
        return;
      }
      looksLeft--;
      if (task.waitsFor().stream().anyMatch(open::contains)) {
        continue;
      }
      if (task.need().isEmpty()) {
        left.remove(task);
        start(task, Optional.empty(), Optional.empty(), at);
        continue;
      }
      JobNeed need = task.need().get();
      looksLeft -= places.size();
      places.stream()
          .filter(place -> rule.allows(gpus.get(place), need))
          .min(Comparator.comparingLong(place -> rule.usableBytes(gpus.get(place))))
          .ifPresent(
              place -> {
                left.remove(task);
                gpus.computeIfPresent(place, (found, gpu) -> gpu.with(need));
                Tenant tenant = new Tenant(need, new ByteSize(0));
                start(task, Optional.of(place), Optional.of(tenant), at);
              });
    }
  }

  private void start(Task task, Optional<Place> place, Optional<Tenant> tenant, Instant at) {
    Optional<Instant> end = task.runTime().map(at::plus);
    outcomes.put(task.job(), new Outcome(place, at, end));
    end.ifPresent(then -> ends.add(new End(then, place, tenant, Optional.of(task.job()))));
  }
}
