package dev.morphene.rave.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LeaseWatchTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Jumps only where a test says so; just below where a ticker wraps. */
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5 * SECOND);

  private final CompletableFuture<String> halted = new CompletableFuture<>();
  private final LeaseWatch watch = new LeaseWatch(now::get, halted::complete);

  @Test
  void theProcessEndsWhenItsLeaseHasPassedEvenWhereTheTickerWraps() throws Exception {
    watch.renewed(now.get() + 20 * SECOND);
    watch.startThread();
    now.addAndGet(20 * SECOND);
    watch.inputEnded();
    wake();
    assertThat(halted.get(10, TimeUnit.SECONDS)).endsWith(".");
  }

  @Test
  void aRenewalMovesTheEnd() throws Exception {
    watch.renewed(now.get() + 20 * SECOND);
    watch.startThread();
    now.addAndGet(19 * SECOND);
    watch.renewed(now.get() + 20 * SECOND);
    now.addAndGet(19 * SECOND);
    wake();
    assertRuns();
  }

  @Test
  void aRenewalThatWasReadTooLateRevivesNothing() throws Exception {
    watch.renewed(now.get() + SECOND);
    now.addAndGet(2 * SECOND);
    watch.renewed(now.get() + 20 * SECOND);
    watch.startThread();
    assertThat(halted.get(10, TimeUnit.SECONDS)).contains("lease has passed");
  }

  @Test
  void aJobThatIgnoresTheEndOfInputIsEndedSoonerThanItsLease() throws Exception {
    watch.renewed(now.get() + 600 * SECOND);
    watch.startThread();
    watch.inputEnded();
    wake();
    assertRuns();
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(LeaseWatch.INPUT_END_PATIENCE_MILLIS));
    wake();
    assertThat(halted.get(10, TimeUnit.SECONDS)).contains("agent is gone");
  }

  @Test
  void aProcessThatWasNeverToldALeaseHasNoLimit() throws Exception {
    watch.startThread();
    watch.inputEnded();
    now.addAndGet(3_600 * SECOND);
    wake();
    assertRuns();
  }

  private void wake() {
    synchronized (watch) {
      watch.notifyAll();
    }
  }

  private void assertRuns() throws Exception {
    try {
      throw new AssertionError(halted.get(100, TimeUnit.MILLISECONDS));
    } catch (TimeoutException running) {
      assertThat(halted).isNotDone();
    }
  }
}
