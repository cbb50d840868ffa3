package dev.morphene.agent.telemetry;

import dev.morphene.agent.attempt.RunningAttempt;
import dev.morphene.agent.child.Child;
import dev.morphene.agent.coordinator.CoordinatorPort;
import dev.morphene.agent.placement.Admission;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.SessionId;
import dev.morphene.protocol.message.TelemetryBatch;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the memory of every running child and of the devices, and sends it on. Samples may be
 * lost; losses are counted and told.
 */
public final class MemorySampler {
  private static final Logger LOG = LoggerFactory.getLogger(MemorySampler.class);

  private final CoordinatorPort coordinator;
  private final WorkerId worker;
  private final SessionId session;
  private final ResidentMemory memory;
  private final Admission admission;
  private final InstantSource clock;
  private final AtomicLong sequence = new AtomicLong();
  private final AtomicLong lostSamples = new AtomicLong();

  public MemorySampler(
      CoordinatorPort coordinator,
      WorkerId worker,
      SessionId session,
      ResidentMemory memory,
      Admission admission,
      InstantSource clock) {
    this.coordinator = coordinator;
    this.worker = worker;
    this.session = session;
    this.admission = admission;
    this.memory = memory;
    this.clock = clock;
  }

  /** Takes one sample of each attempt; does not wait for the broker. */
  public void sample(List<RunningAttempt> attempts) {
    List<TelemetryBatch.MemorySample> samples = new ArrayList<>();
    for (RunningAttempt attempt : attempts) {
      usedBy(attempt.child())
          .ifPresent(
              used -> {
                attempt.observe(used);
                admission.observe(attempt.placement(), used);
                samples.add(
                    new TelemetryBatch.MemorySample(
                        attempt.id(),
                        attempt.placement().gpu(),
                        clock.instant(),
                        used,
                        attempt.phase()));
              });
    }
    List<TelemetryBatch.GpuSample> gpus =
        admission.devices().stream()
            .map(
                device ->
                    new TelemetryBatch.GpuSample(
                        device.gpu(),
                        clock.instant(),
                        device.total(),
                        device.free(),
                        OptionalInt.empty()))
            .toList();
    int count = samples.size() + gpus.size();
    coordinator
        .telemetry(
            new TelemetryBatch(
                TelemetryBatch.VERSION,
                worker,
                session,
                sequence.incrementAndGet(),
                lostSamples.get(),
                samples,
                gpus))
        .whenComplete(
            (sent, failure) -> {
              if (failure != null) {
                LOG.debug("{} samples were lost.", count, failure);
                lostSamples.addAndGet(count);
              }
            });
  }

  /**
   * Of the child and of all that it has started: a foreign trainer is a process of its own. Looking
   * for those reads the whole process table, so it is done for such children only.
   */
  private Optional<ByteSize> usedBy(Child child) {
    long processId = child.processId();
    if (!child.startsOthers()) {
      return memory.of(processId);
    }
    Stream<Long> started =
        ProcessHandle.of(processId).stream()
            .flatMap(ProcessHandle::descendants)
            .map(ProcessHandle::pid);
    return Stream.concat(Stream.of(processId), started)
        .flatMap(id -> memory.of(id).stream())
        .reduce((one, other) -> new ByteSize(one.bytes() + other.bytes()));
  }

  public long lostSamples() {
    return lostSamples.get();
  }
}
