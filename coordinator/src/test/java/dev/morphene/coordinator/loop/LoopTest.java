package dev.morphene.coordinator.loop;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class LoopTest {
  private final Semaphore rounds = new Semaphore(0);
  private final AtomicLong nanos = new AtomicLong();

  @Test
  void survivesAThrowSaysSoAndRecovers() throws Exception {
    AtomicBoolean broken = new AtomicBoolean(true);
    try (Loop loop =
        new Loop(
            "test",
            Duration.ofMillis(5),
            nanos::get,
            () -> {
              rounds.release();
              if (broken.get()) {
                throw new IllegalStateException("broken on purpose");
              }
            })) {
      loop.start();
      assertThat(rounds.tryAcquire(3, 120, SECONDS)).isTrue();
      assertThat(loop.trouble())
          .hasValueSatisfying(words -> assertThat(words).contains("broken on purpose"));
      assertThat(loop.failures()).isPositive();
      broken.set(false);
      rounds.drainPermits();
      assertThat(rounds.tryAcquire(3, 120, SECONDS)).isTrue();
      assertThat(loop.trouble()).isEmpty();
    }
  }

  @Test
  void runsWhenWokenAndSaysWhenItIsStuck() throws Exception {
    try (Loop loop = new Loop("test", Duration.ofHours(1), nanos::get, rounds::release)) {
      loop.start();
      assertThat(rounds.tryAcquire(120, SECONDS)).isTrue();
      loop.wake();
      assertThat(rounds.tryAcquire(120, SECONDS)).isTrue();
    }
    Loop never = new Loop("stuck", Duration.ofSeconds(1), nanos::get, rounds::release);
    nanos.addAndGet(Duration.ofMinutes(5).toNanos());
    assertThat(never.trouble())
        .hasValueSatisfying(words -> assertThat(words).contains("has not come round"));
    never.close();
  }
}
