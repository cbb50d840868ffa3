package dev.morphene.gpu.telemetry;

import dev.morphene.protocol.job.GpuUuid;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the GPUs again and again on a thread of its own, because a call into a driver may block for
 * seconds and heeds no interrupt. Whoever wants to know takes the last snapshot and never waits.
 */
public final class GpuSampler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GpuSampler.class);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(3);

  private final GpuTelemetry telemetry;
  private final InstantSource clock;
  private final LongSupplier nanoTicker;
  private final Consumer<GpuSnapshot> listener;
  private final ScheduledExecutorService thread;
  private final AtomicLong failures = new AtomicLong();
  private final Map<GpuUuid, String> problems = new HashMap<>();
  private volatile GpuSnapshot latest;

  private GpuSampler(
      GpuTelemetry telemetry,
      InstantSource clock,
      LongSupplier nanoTicker,
      Consumer<GpuSnapshot> listener) {
    this.telemetry = telemetry;
    this.clock = clock;
    this.nanoTicker = nanoTicker;
    this.listener = listener;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread daemon = new Thread(task, "gpu-sampler");
              daemon.setDaemon(true);
              return daemon;
            });
  }

  /**
   * Starts at once.
   *
   * @param telemetry is not closed with the sampler
   * @param interval between the end of one reading and the begin of the next
   * @param listener is told every snapshot, on the sampler's thread
   */
  public static GpuSampler start(
      GpuTelemetry telemetry,
      Duration interval,
      InstantSource clock,
      LongSupplier nanoTicker,
      Consumer<GpuSnapshot> listener) {
    GpuSampler sampler = new GpuSampler(telemetry, clock, nanoTicker, listener);
    sampler.thread.scheduleWithFixedDelay(
        sampler::sample, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
    return sampler;
  }

  /** The newest one, or empty before the first reading ended. Never waits. */
  public Optional<GpuSnapshot> snapshot() {
    return Optional.ofNullable(latest);
  }

  /** Readings that ended with an error of ours since the start. */
  public long failures() {
    return failures.get();
  }

  /** Waits a little for a reading under way; one that hangs is left to its daemon thread. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("A reading of {} hangs and is left behind.", telemetry.source());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void sample() {
    try {
      Instant takenAt = clock.instant();
      long takenAtNanos = nanoTicker.getAsLong();
      GpuSnapshot snapshot =
          new GpuSnapshot(takenAt, takenAtNanos, telemetry.read(), telemetry.processes());
      snapshot.readings().forEach(this::logChange);
      latest = snapshot;
      listener.accept(snapshot);
    } catch (RuntimeException | Error failure) {
      failures.incrementAndGet();
      LOG.error("The GPUs could not be read; the last snapshot grows old.", failure);
    }
  }

  private void logChange(GpuReading reading) {
    if (reading instanceof GpuReading.Unreadable unreadable) {
      if (!unreadable.reason().equals(problems.put(unreadable.gpu(), unreadable.reason()))) {
        LOG.warn("GPU {} is {}: {}", unreadable.gpu(), unreadable.health(), unreadable.reason());
      }
    } else if (problems.remove(reading.gpu()) != null) {
      LOG.info("GPU {} can be read again.", reading.gpu());
    }
  }
}
