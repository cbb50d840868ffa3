package dev.morphene.gpu.fence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.gpu.preflight.PreflightResult;
import dev.morphene.protocol.job.GpuUuid;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FenceProbesTest {
  private static final GpuUuid GOOD = new GpuUuid("GPU-good");
  private static final GpuUuid BAD = new GpuUuid("GPU-bad");
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** Ten seconds pass between any two looks at it, so that nothing has to be waited for. */
  private static final class RushingClock implements InstantSource {
    private final AtomicInteger looks = new AtomicInteger();

    @Override
    public Instant instant() {
      return START.plusSeconds(10L * looks.incrementAndGet());
    }

    Instant now() {
      return START.plusSeconds(10L * looks.get());
    }
  }

  @Test
  void probesWhatIsDueLaterAndLaterAndSurvivesAPreflightThatThrows() throws InterruptedException {
    GpuFences fences = new GpuFences(FencePolicy.STANDARD);
    fences.expectPreflight(GOOD, START);
    fences.expectPreflight(BAD, START);
    RushingClock clock = new RushingClock();
    BlockingQueue<Instant> good = new LinkedBlockingQueue<>();
    BlockingQueue<Instant> bad = new LinkedBlockingQueue<>();
    try (FenceProbes probes =
        FenceProbes.start(
            fences,
            gpu -> {
              if (gpu.equals(BAD)) {
                bad.add(clock.now());
                throw new IllegalStateException("no driver");
              }
              good.add(clock.now());
              return new PreflightResult.Passed(Optional.empty());
            },
            Duration.ofMillis(1),
            clock)) {
      Instant before = bad.poll(120, TimeUnit.SECONDS);
      for (int seconds : List.of(30, 60, 120)) {
        Instant next = bad.poll(120, TimeUnit.SECONDS);
        assertThat(Duration.between(before, next))
            .isGreaterThanOrEqualTo(Duration.ofSeconds(seconds));
        before = next;
      }
    }
    assertThat(good).hasSize(1);
    assertThat(fences.usable(GOOD)).isTrue();
    assertThat(fences.fenced().get(0).reason()).contains("could not be done").contains("no driver");
  }
}
