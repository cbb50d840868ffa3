package dev.morphene.coordinator.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.job.ErrorClass;
import java.time.Duration;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RetryPolicyTest {
  private static final Duration BASE = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private final RetryPolicy policy = new RetryPolicy(BASE, LONGEST, RandomGenerator.getDefault());

  @Property
  void neverRetriesTheCallersFault(
      @ForAll ErrorClass errorClass,
      @ForAll @IntRange(max = 100) int failures,
      @ForAll @IntRange(max = 100) int budget,
      @ForAll @IntRange(min = 1, max = 1_000) int attempt) {
    RetryPolicy.Decision decision = policy.decide(errorClass, failures, budget, attempt);
    boolean spent = errorClass.spendsBudget() && failures >= budget;
    if (!errorClass.isWorthRetry() || spent) {
      assertThat(decision).isInstanceOf(RetryPolicy.GiveUp.class);
    } else {
      RetryPolicy.Retry retry = (RetryPolicy.Retry) decision;
      assertThat(retry.spendsBudget()).isEqualTo(errorClass.spendsBudget());
      assertThat(retry.after()).isBetween(BASE.dividedBy(2), LONGEST);
    }
  }

  @Property
  void waitsAtLeastAsLongAsHalfTheDoubledBase(@ForAll @IntRange(max = 6) int failures) {
    RetryPolicy.Retry retry =
        (RetryPolicy.Retry) policy.decide(ErrorClass.TRAINER_CRASH, failures, 10, failures + 1);
    assertThat(retry.after())
        .isBetween(
            BASE.multipliedBy(1L << failures).dividedBy(2), BASE.multipliedBy(1L << failures));
  }

  @Property
  void lossesOfTheOutsideWorldAreRetriedForEver(
      @ForAll @IntRange(max = 100) int failures,
      @ForAll @IntRange(min = 1, max = 100_000) int attempt) {
    RetryPolicy.Retry retry =
        (RetryPolicy.Retry) policy.decide(ErrorClass.HOST_LOST, failures, 0, attempt);
    assertThat(retry.spendsBudget()).isFalse();
    assertThat(retry.after()).isLessThanOrEqualTo(LONGEST);
  }

  @Property
  void memoryAndDiskAreGivenMoreTime(@ForAll @IntRange(max = 4) int failures) {
    RetryPolicy.Retry retry =
        (RetryPolicy.Retry) policy.decide(ErrorClass.STORAGE, failures, 10, failures + 1);
    assertThat(retry.after())
        .isBetween(BASE.multipliedBy(2L << failures), BASE.multipliedBy(4L << failures));
  }

  @Property
  void aBudgetIsSpentAfterItsNumberOfFailures(@ForAll @IntRange(max = 50) int budget) {
    int failures = 0;
    while (policy.decide(ErrorClass.TRAINER_CRASH, failures, budget, failures + 1)
        instanceof RetryPolicy.Retry) {
      failures++;
    }
    assertThat(failures).isEqualTo(budget);
  }
}
