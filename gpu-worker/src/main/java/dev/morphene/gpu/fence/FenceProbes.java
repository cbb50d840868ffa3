package dev.morphene.gpu.fence;

import dev.morphene.gpu.preflight.PreflightResult;
import dev.morphene.protocol.job.GpuUuid;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the preflight of every fenced GPU when it is due, one after the other, on its own thread.
 */
public final class FenceProbes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FenceProbes.class);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(3);

  private final GpuFences fences;
  private final Function<GpuUuid, PreflightResult> preflight;
  private final InstantSource clock;
  private final ScheduledExecutorService thread;

  private FenceProbes(
      GpuFences fences, Function<GpuUuid, PreflightResult> preflight, InstantSource clock) {
    this.fences = fences;
    this.preflight = preflight;
    this.clock = clock;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread daemon = new Thread(task, "gpu-fence-probes");
              daemon.setDaemon(true);
              return daemon;
            });
  }

  /**
   * Starts at once.
   *
   * @param preflight may block; an interrupt ends it
   * @param interval between two looks at what is due
   */
  public static FenceProbes start(
      GpuFences fences,
      Function<GpuUuid, PreflightResult> preflight,
      Duration interval,
      InstantSource clock) {
    FenceProbes probes = new FenceProbes(fences, preflight, clock);
    probes.thread.scheduleWithFixedDelay(
        probes::probeDue, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
    return probes;
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("A preflight hangs and is left behind.");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void probeDue() {
    try {
      for (GpuUuid gpu : fences.due(clock.instant())) {
        if (thread.isShutdown()) {
          return;
        }
        probe(gpu);
      }
    } catch (RuntimeException | Error failure) {
      LOG.error("The fenced GPUs could not be probed; they are again at the next look.", failure);
    }
  }

  private void probe(GpuUuid gpu) {
    PreflightResult result = checked(gpu);
    fences.preflight(gpu, result, clock.instant());
    if (result instanceof PreflightResult.Failed failed) {
      LOG.warn("GPU {} stays fenced: {}", gpu, failed.reason());
    } else {
      LOG.info("GPU {} passed its preflight and may be used: {}", gpu, result);
    }
  }

  private PreflightResult checked(GpuUuid gpu) {
    try {
      return preflight.apply(gpu);
    } catch (RuntimeException | Error failure) {
      LOG.error("The preflight of GPU {} could not be done.", gpu, failure);
      return new PreflightResult.Failed("The preflight could not be done: " + failure + ".");
    }
  }
}
