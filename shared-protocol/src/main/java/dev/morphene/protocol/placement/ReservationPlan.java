package dev.morphene.protocol.placement;

import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.WorkerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps GPUs for large jobs that have waited long, so that small ones, which find a gap at once,
 * cannot starve them. A reserved GPU lets in nothing smaller than the job it waits for; what runs
 * there ends in peace.
 *
 * @param rule decides what fits
 * @param patience how long a job waits before a GPU is kept for it
 * @param largestShare of the pool's GPUs that may be kept at a time, above 0 and at most 1; one GPU
 *     always may
 */
public record ReservationPlan(MemoryRule rule, Duration patience, double largestShare) {

  /** Thirty seconds, an eighth of the pool. */
  public static ReservationPlan usual() {
    return new ReservationPlan(MemoryRule.usual(), Duration.ofSeconds(30), 0.125);
  }

  /** A GPU of the pool. */
  public record Place(WorkerId worker, GpuUuid gpu) {}

  /**
   * A job that no node has claimed.
   *
   * @param since when it became ready to run
   */
  public record Waiting(JobId job, JobNeed need, Instant since) {}

  /**
   * A GPU as it stands.
   *
   * @param snapshot its {@code reservedFor} is ignored
   * @param expectedEnds of the tenants, as far as they are known
   */
  public record Candidate(GpuSnapshot snapshot, List<Instant> expectedEnds) {}

  /**
   * Which GPU is kept for which job from now on.
   *
   * @param waiting in the order in which they would be published
   * @param candidates every usable GPU of the pool
   * @param kept what was decided before: a job keeps its GPU for as long as both are there
   */
  public Map<Place, Waiting> decide(
      List<Waiting> waiting,
      Map<Place, Candidate> candidates,
      Map<Place, JobId> kept,
      Instant now) {
    Map<Place, Waiting> plan = new LinkedHashMap<>();
    List<Waiting> large = largeAndLate(waiting, now);
    if (large.isEmpty()) {
      return plan;
    }
    Map<JobId, Place> placeByJob = new HashMap<>();
    kept.forEach(
        (place, job) -> {
          if (candidates.containsKey(place)) {
            placeByJob.put(job, place);
          }
        });
    // Nobody is given a GPU that is kept for a job further down the line.
    Set<Place> taken = new HashSet<>();
    large.forEach(job -> Optional.ofNullable(placeByJob.get(job.job())).ifPresent(taken::add));
    int most = Math.max(1, (int) (candidates.size() * largestShare));
    Map<JobNeed, Iterator<Place>> bestByNeed = new HashMap<>();
    for (Waiting job : large) {
      if (plan.size() >= most) {
        break;
      }
      Place before = placeByJob.get(job.job());
      if (before != null) {
        plan.put(before, job);
        continue;
      }
      Iterator<Place> best =
          bestByNeed.computeIfAbsent(job.need(), need -> bestFirst(need, candidates));
      while (best.hasNext()) {
        Place place = best.next();
        if (taken.add(place)) {
          plan.put(place, job);
          break;
        }
      }
    }
    return plan;
  }

  /** Those that have run out of patience and are larger than the smallest that waits. */
  private List<Waiting> largeAndLate(List<Waiting> waiting, Instant now) {
    Optional<JobNeed> smallest =
        waiting.stream().map(Waiting::need).min(Comparator.comparing(JobNeed::memory));
    return waiting.stream()
        .filter(job -> Duration.between(job.since(), now).compareTo(patience) >= 0)
        .filter(job -> !job.need().isNoLargerThan(smallest.orElseThrow()))
        .toList();
  }

  /**
   * Where it can start first: by the tenants' expected ends, then by how much must still go. One
   * pass and one sort for all jobs of an equal need, whatever the size of the pool.
   */
  private Iterator<Place> bestFirst(JobNeed need, Map<Place, Candidate> candidates) {
    record Ranked(Place place, GpuSnapshot gpu, long readyAtMillis) {}
    List<Ranked> ranked = new ArrayList<>();
    candidates.forEach(
        (place, candidate) -> {
          if (rule.couldEverHold(candidate.snapshot(), need)) {
            ranked.add(new Ranked(place, candidate.snapshot(), readyAtMillis(candidate, need)));
          }
        });
    ranked.sort(
        Comparator.<Ranked>comparingLong(Ranked::readyAtMillis)
            .thenComparingInt(one -> one.gpu().tenants().size())
            .thenComparingLong(one -> one.gpu().total().bytes())
            .thenComparing(one -> one.place().gpu().value())
            .thenComparing(one -> one.place().worker().value()));
    return ranked.stream().map(one -> one.place()).iterator();
  }

  private long readyAtMillis(Candidate candidate, JobNeed need) {
    GpuSnapshot gpu = candidate.snapshot();
    if (rule.allowsWithoutReservation(gpu, need)) {
      return Long.MIN_VALUE;
    }
    if (candidate.expectedEnds().size() < gpu.tenants().size()) {
      return Long.MAX_VALUE;
    }
    return whenEnoughHaveEnded(gpu, candidate.expectedEnds(), need);
  }

  private long whenEnoughHaveEnded(GpuSnapshot gpu, List<Instant> ends, JobNeed need) {
    List<Integer> inOrder = new ArrayList<>();
    for (int i = 0; i < ends.size(); i++) {
      inOrder.add(i);
    }
    inOrder.sort(Comparator.comparing(ends::get));
    GpuSnapshot later = gpu;
    long endMillis = 0;
    for (int tenant : inOrder) {
      later = later.without(gpu.tenants().get(tenant));
      endMillis = ends.get(tenant).toEpochMilli();
      if (rule.allowsWithoutReservation(later, need)) {
        break;
      }
    }
    // Where strangers are in the way even of the last, they may have gone by then.
    return endMillis;
  }
}
