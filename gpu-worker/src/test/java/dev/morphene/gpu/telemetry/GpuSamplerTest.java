package dev.morphene.gpu.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.gpu.LogCapture;
import dev.morphene.protocol.job.GpuUuid;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GpuSamplerTest {
  private static final GpuUuid GPU = new GpuUuid("GPU-1");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final BlockingQueue<GpuSnapshot> told = new LinkedBlockingQueue<>();

  @Test
  void aReadingThatThrowsIsCountedAndTheNextIsTaken() throws InterruptedException {
    ScriptedTelemetry telemetry = new ScriptedTelemetry();
    telemetry.answers.add(Optional.empty());
    telemetry.answers.add(Optional.of("It is gone."));
    telemetry.answers.add(Optional.of("It is gone."));
    try (LogCapture log = new LogCapture(GpuSampler.class);
        GpuSampler sampler = start(telemetry)) {
      assertThat(told.poll(120, TimeUnit.SECONDS)).isNotNull();
      assertThat(told.poll(120, TimeUnit.SECONDS)).isNotNull();
      assertThat(sampler.failures()).isEqualTo(1);
      assertThat(sampler.snapshot().orElseThrow().reading(GPU)).isPresent();
      assertThat(log.lines())
          .as("each change is logged once")
          .containsExactly(
              "The GPUs could not be read; the last snapshot grows old.",
              "GPU GPU-1 is DEGRADED: It is gone.");
    }
  }

  @Test
  @Timeout(300)
  void aDriverThatHangsDelaysNoReaderAndTheSnapshotGrowsStale() throws InterruptedException {
    AtomicLong nanos = new AtomicLong();
    ScriptedTelemetry telemetry = new ScriptedTelemetry();
    telemetry.answers.add(Optional.of("It is slow."));
    try (GpuSampler sampler =
        GpuSampler.start(
            telemetry, Duration.ofMillis(1), InstantSource.fixed(NOW), nanos::get, told::add)) {
      assertThat(told.poll(120, TimeUnit.SECONDS)).isNotNull();
      telemetry.asked.acquire(2);
      // The second reading hangs from here on: a reader that waited for it would never return.
      GpuSnapshot snapshot = sampler.snapshot().orElseThrow();
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      assertThat(snapshot.isStale(nanos.get(), Duration.ofMillis(999))).isTrue();
      assertThat(snapshot.isStale(nanos.get(), Duration.ofSeconds(1))).isFalse();
      telemetry.answers.add(Optional.of("It is slow."));
      assertThat(told.poll(120, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void beforeTheFirstReadingEndsThereIsNoSnapshot() {
    try (GpuSampler sampler = start(new ScriptedTelemetry())) {
      assertThat(sampler.snapshot()).isEmpty();
    }
  }

  @Test
  void ageIsCountedOnTheTickerAcrossItsOverflow() {
    GpuSnapshot snapshot = new GpuSnapshot(NOW, Long.MAX_VALUE - 5, List.of(), Map.of());
    assertThat(snapshot.age(Long.MIN_VALUE + 4)).isEqualTo(Duration.ofNanos(10));
    assertThat(snapshot.isStale(Long.MIN_VALUE + 4, Duration.ofNanos(10))).isFalse();
    assertThat(snapshot.isStale(Long.MIN_VALUE + 5, Duration.ofNanos(10))).isTrue();
  }

  private GpuSampler start(GpuTelemetry telemetry) {
    return GpuSampler.start(
        telemetry, Duration.ofMillis(1), InstantSource.fixed(NOW), System::nanoTime, told::add);
  }

  /** Throws for an empty answer; blocks when there is none left. */
  private static final class ScriptedTelemetry implements GpuTelemetry {
    private final BlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();
    private final Semaphore asked = new Semaphore(0);

    @Override
    public List<GpuReading> read() {
      asked.release();
      Optional<String> answer;
      try {
        answer = answers.take();
      } catch (InterruptedException closing) {
        return List.of();
      }
      return List.of(
          new GpuReading.Unreadable(
              GPU, "model", answer.orElseThrow(), GpuReading.Health.DEGRADED, NOW));
    }

    @Override
    public Map<GpuUuid, ProcessMemory> processes() {
      return Map.of();
    }

    @Override
    public String source() {
      return "a script";
    }

    @Override
    public Optional<String> driverVersion() {
      return Optional.empty();
    }

    @Override
    public Duration interval() {
      return Duration.ofSeconds(1);
    }

    @Override
    public void close() {}
  }
}
