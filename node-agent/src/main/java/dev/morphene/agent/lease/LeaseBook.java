package dev.morphene.agent.lease;

import dev.morphene.protocol.job.AttemptId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The leases that this node holds, on its own monotonic clock. A lease counts from the moment its
 * request was <em>sent</em>, so it always ends here before it ends at the coordinator. Thread safe.
 */
public final class LeaseBook {
  private final LongSupplier nanoTicker;
  private final Duration margin;
  private final Map<AttemptId, Long> endNanosByAttempt = new HashMap<>();

  /**
   * @param nanoTicker monotonic, {@code System::nanoTime} in production
   * @param margin how long before its end a lease counts as lapsing: time enough to kill a child
   */
  public LeaseBook(LongSupplier nanoTicker, Duration margin) {
    this.nanoTicker = nanoTicker;
    this.margin = margin;
  }

  /** Remembers a granted or renewed lease. */
  public synchronized void hold(AttemptId attempt, long sentAtNanos, long leaseMillis) {
    endNanosByAttempt.put(attempt, sentAtNanos + TimeUnit.MILLISECONDS.toNanos(leaseMillis));
  }

  /** Renews a lease that is still held; one that was dropped meanwhile stays dropped. */
  public synchronized void renew(AttemptId attempt, long sentAtNanos, long leaseMillis) {
    endNanosByAttempt.computeIfPresent(
        attempt, (held, before) -> sentAtNanos + TimeUnit.MILLISECONDS.toNanos(leaseMillis));
  }

  public synchronized void drop(AttemptId attempt) {
    endNanosByAttempt.remove(attempt);
  }

  public synchronized boolean holds(AttemptId attempt) {
    return endNanosByAttempt.containsKey(attempt);
  }

  /**
   * Until when a child may run, on the ticker: the margin before the lease's end. Empty when the
   * lease is not held, or when that moment has passed.
   */
  public synchronized OptionalLong runsUntilNanos(AttemptId attempt) {
    Long endNanos = endNanosByAttempt.get(attempt);
    if (endNanos == null) {
      return OptionalLong.empty();
    }
    long untilNanos = endNanos - margin.toNanos();
    return untilNanos - nanoTicker.getAsLong() > 0
        ? OptionalLong.of(untilNanos)
        : OptionalLong.empty();
  }

  /** Every attempt whose lease is to be renewed. */
  public synchronized List<AttemptId> held() {
    return List.copyOf(endNanosByAttempt.keySet());
  }

  /**
   * Attempts whose lease is within the margin of its end, or past it: their children must die now.
   */
  public synchronized List<AttemptId> lapsing() {
    long deadline = nanoTicker.getAsLong() + margin.toNanos();
    List<AttemptId> lapsing = new ArrayList<>();
    endNanosByAttempt.forEach(
        (attempt, endNanos) -> {
          if (endNanos - deadline <= 0) {
            lapsing.add(attempt);
          }
        });
    return lapsing;
  }
}
