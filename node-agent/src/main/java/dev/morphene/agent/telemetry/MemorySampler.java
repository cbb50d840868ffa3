package dev.morphene.agent.telemetry;

import dev.morphene.agent.attempt.RunningAttempt;
import dev.morphene.agent.coordinator.CoordinatorPort;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.message.TelemetryBatch;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the memory of every running child and sends it on. Samples may be lost; losses are
 * counted.
 */
public final class MemorySampler {
  private static final Logger LOG = LoggerFactory.getLogger(MemorySampler.class);

  private final CoordinatorPort coordinator;
  private final WorkerId worker;
  private final ResidentMemory memory;
  private final InstantSource clock;
  private final AtomicLong lostSamples = new AtomicLong();

  public MemorySampler(
      CoordinatorPort coordinator, WorkerId worker, ResidentMemory memory, InstantSource clock) {
    this.coordinator = coordinator;
    this.worker = worker;
    this.memory = memory;
    this.clock = clock;
  }

  /** Takes one sample of each attempt; does not wait for the broker. */
  public void sample(List<RunningAttempt> attempts) {
    List<TelemetryBatch.MemorySample> samples = new ArrayList<>();
    for (RunningAttempt attempt : attempts) {
      memory
          .of(attempt.child().processId())
          .ifPresent(
              used -> {
                attempt.observe(used);
                samples.add(
                    new TelemetryBatch.MemorySample(
                        attempt.id(), attempt.placement().gpu(), clock.instant(), used));
              });
    }
    if (samples.isEmpty()) {
      return;
    }
    coordinator
        .telemetry(new TelemetryBatch(TelemetryBatch.VERSION, worker, samples))
        .whenComplete(
            (sent, failure) -> {
              if (failure != null) {
                LOG.debug("{} memory samples were lost.", samples.size(), failure);
                lostSamples.addAndGet(samples.size());
              }
            });
  }

  public long lostSamples() {
    return lostSamples.get();
  }
}
