package dev.morphene.agent.work;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.message.JobMessage;
import dev.morphene.protocol.placement.LargestFirst;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The jobs that a larger one came before on this node, and the order that follows: the largest job
 * at hand goes first, but one that has been passed over for two minutes goes before all, so that a
 * stream of large jobs keeps no small one waiting for ever. Not thread safe.
 */
final class PassedOver {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int REMEMBERED = 1_000;

  private final Map<AttemptId, Long> sinceNanos =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<AttemptId, Long> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Larger jobs took the room; only the first time counts. */
  void remember(AttemptId attempt, long nowNanos) {
    sinceNanos.putIfAbsent(attempt, nowNanos);
  }

  /** It has a place. */
  void forget(AttemptId attempt) {
    sinceNanos.remove(attempt);
  }

  /**
   * Those that need no GPU come last, in the order in which they are.
   *
   * @param nowNanos decides who has been passed over long enough
   */
  Comparator<JobMessage> order(long nowNanos) {
    Comparator<JobMessage> longest =
        Comparator.comparing(
            job -> waited(job, nowNanos), Comparator.nullsLast(Comparator.reverseOrder()));
    return longest.thenComparing(
        job -> job.need().orElse(null), Comparator.nullsLast(LargestFirst.ORDER));
  }

  /** Nanoseconds; null while it has been for less than the patience, or not at all. */
  private Long waited(JobMessage job, long nowNanos) {
    Long since = sinceNanos.get(job.attempt());
    return since == null || nowNanos - since < PATIENCE.toNanos() ? null : nowNanos - since;
  }
}
