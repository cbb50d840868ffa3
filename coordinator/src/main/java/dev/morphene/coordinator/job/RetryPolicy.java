package dev.morphene.coordinator.job;

import dev.morphene.protocol.job.ErrorClass;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Whether and when a failed job is tried again: exponential back-off with jitter, slower where
 * memory or disk ran out, because they come back slowly.
 *
 * @param base pause after the first failure
 * @param longest pause
 * @param jitter spreads jobs that failed together
 */
public record RetryPolicy(Duration base, Duration longest, RandomGenerator jitter) {
  private static final int RESOURCES_FACTOR = 4;

  /** What to do. */
  public sealed interface Decision {}

  /**
   * @param after the pause
   * @param spendsBudget whether this failure counts
   */
  public record Retry(Duration after, boolean spendsBudget) implements Decision {}

  /** Fail for good. */
  public record GiveUp() implements Decision {}

  /**
   * @param failures that were paid for before this one
   * @param attempt the number of the attempt that failed
   */
  public Decision decide(ErrorClass errorClass, int failures, int retryBudget, int attempt) {
    if (!errorClass.isWorthRetry() || errorClass.spendsBudget() && failures >= retryBudget) {
      return new GiveUp();
    }
    int earlier = errorClass.spendsBudget() ? failures : attempt - 1;
    return new Retry(pause(errorClass, earlier), errorClass.spendsBudget());
  }

  /**
   * @param earlier failures before this one
   */
  public Duration pause(ErrorClass errorClass, int earlier) {
    int factor = errorClass.type() == ErrorClass.Type.RESOURCES ? RESOURCES_FACTOR : 1;
    double grown = base.toMillis() * (double) factor * Math.pow(2, Math.min(earlier, 30));
    double limited = Math.min(grown, longest.toMillis());
    return Duration.ofMillis(Math.round(limited * (0.5 + 0.5 * jitter.nextDouble())));
  }
}
