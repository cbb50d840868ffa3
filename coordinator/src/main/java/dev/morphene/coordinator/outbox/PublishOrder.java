package dev.morphene.coordinator.outbox;

import dev.morphene.protocol.job.BatchId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which jobs of a queue are published next: by priority, which grows while a job waits; then in
 * turn between batches, the one that has less under way first; then by age.
 *
 * @param ageing how long a job waits to count as one priority higher, so that nothing waits for
 *     ever
 */
public record PublishOrder(Duration ageing) {

  /** One priority an hour. */
  public static PublishOrder usual() {
    return new PublishOrder(Duration.ofHours(1));
  }

  /**
   * A job that is ready to be published.
   *
   * @param row of the outbox; smaller is older
   * @param priority as the operator gave it; higher goes first
   * @param since when it became ready
   */
  public record Candidate(long row, BatchId batch, int priority, Instant since) {}

  /**
   * The first ones in order. To be asked for each size of a queue by itself (recipe and side by
   * side), with a window of its own: in one window for a whole queue the jobs that find no place
   * would keep the nodes from seeing smaller ones.
   *
   * @param candidates of each batch and priority at least the {@code room} oldest
   * @param busyByBatch jobs of each batch that are published or run; absent means none
   * @param room how many are wanted at most
   */
  public List<Candidate> choose(
      Collection<Candidate> candidates, Map<BatchId, Integer> busyByBatch, int room, Instant now) {
    List<Turn> oldestFirst = new ArrayList<>(candidates.size());
    for (Candidate candidate : candidates) {
      oldestFirst.add(new Turn(candidate, effective(candidate, now), 0));
    }
    Collections.sort(oldestFirst);
    Map<BatchId, Long> turns = new HashMap<>();
    List<Turn> ordered = new ArrayList<>(oldestFirst.size());
    for (Turn next : oldestFirst) {
      Candidate candidate = next.candidate();
      long before =
          turns.computeIfAbsent(
              candidate.batch(), batch -> (long) busyByBatch.getOrDefault(batch, 0));
      turns.put(candidate.batch(), before + 1);
      ordered.add(new Turn(candidate, next.priority(), before + 1));
    }
    Collections.sort(ordered);
    return ordered.stream().limit(room).map(Turn::candidate).toList();
  }

  private record Turn(Candidate candidate, long priority, long turn) implements Comparable<Turn> {
    @Override
    public int compareTo(Turn other) {
      if (priority != other.priority) {
        return Long.compare(other.priority, priority);
      }
      return turn != other.turn
          ? Long.compare(turn, other.turn)
          : Long.compare(candidate.row(), other.candidate.row());
    }
  }

  private long effective(Candidate candidate, Instant now) {
    long waited = Math.max(0, now.toEpochMilli() - candidate.since().toEpochMilli());
    return candidate.priority() + waited / ageing.toMillis();
  }
}
