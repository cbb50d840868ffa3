package dev.morphene.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.JobId;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LeaseBookTest {
  private static final AttemptId ATTEMPT = new AttemptId(new JobId(1), new AttemptNumber(1));

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);
  private final LeaseBook book = new LeaseBook(now::get, Duration.ofSeconds(4));

  @Test
  void aLeaseLapsesByItsMarginBeforeItsEndEvenWhereTheTickerWraps() {
    book.hold(ATTEMPT, now.get(), 20_000);
    pass(15_999);
    assertThat(book.lapsing()).isEmpty();
    pass(1);
    assertThat(book.lapsing()).containsExactly(ATTEMPT);
  }

  @Test
  void aRenewalCountsFromWhenItWasSent() {
    book.hold(ATTEMPT, now.get(), 20_000);
    long sent = now.get() + TimeUnit.SECONDS.toNanos(10);
    pass(14_000);
    book.renew(ATTEMPT, sent, 20_000);
    pass(11_000);
    assertThat(book.lapsing()).isEmpty();
    pass(1_000);
    assertThat(book.lapsing()).containsExactly(ATTEMPT);
  }

  @Test
  void aLateRenewalDoesNotBringADroppedLeaseBack() {
    book.hold(ATTEMPT, now.get(), 20_000);
    book.drop(ATTEMPT);
    book.renew(ATTEMPT, now.get(), 20_000);
    assertThat(book.held()).isEmpty();
  }

  @Test
  void aChildRunsUntilTheMarginBeforeTheEndAndNotAfter() {
    assertThat(book.runsUntilNanos(ATTEMPT)).isEmpty();
    long sent = now.get();
    book.hold(ATTEMPT, sent, 20_000);
    assertThat(book.runsUntilNanos(ATTEMPT)).hasValue(sent + TimeUnit.SECONDS.toNanos(16));
    pass(16_000);
    assertThat(book.runsUntilNanos(ATTEMPT)).isEmpty();
  }

  private void pass(long millis) {
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
