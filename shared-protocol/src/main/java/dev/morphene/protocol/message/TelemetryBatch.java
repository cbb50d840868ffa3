package dev.morphene.protocol.message;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.memory.ByteSize;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a node measured since it last said so. May get lost; the sequence shows how much did.
 *
 * @param version 2
 * @param session of the node
 * @param sequence of the session's batches, from 1, without gaps
 * @param lostSamples that the node itself could not send in this session, so far; default 0
 * @param jobs memory of running attempts, oldest first; default none
 * @param gpus readings of whole GPUs, oldest first; default none
 */
public record TelemetryBatch(
    int version,
    WorkerId worker,
    SessionId session,
    long sequence,
    long lostSamples,
    List<MemorySample> jobs,
    List<GpuSample> gpus) {
  /** The version written by this code. */
  public static final int VERSION = 2;

  public TelemetryBatch {
    Required.present(worker, "worker");
    Required.present(session, "session");
    Required.atLeast(1, sequence, "sequence");
    Required.atLeast(0, lostSamples, "lostSamples");
    jobs = Required.listOrEmpty(jobs);
    gpus = Required.listOrEmpty(gpus);
  }

  public int samples() {
    return jobs.size() + gpus.size();
  }

  /**
   * @param at the node's wall clock
   * @param used memory of the attempt's process on that device; resident memory on a CPU device
   * @param phase of the training, 1 or 2; absent for other kinds and before it is known
   */
  public record MemorySample(
      AttemptId attempt, GpuUuid gpu, Instant at, ByteSize used, OptionalInt phase) {
    public MemorySample {
      Required.present(attempt, "attempt");
      Required.present(gpu, "gpu");
      Required.present(at, "at");
      Required.present(used, "used");
      phase = phase == null ? OptionalInt.empty() : phase;
      phase.ifPresent(value -> Required.between(1, 2, value, "phase"));
    }
  }

  /**
   * @param at the node's wall clock
   * @param total bytes
   * @param free bytes; absent when it cannot be read
   * @param utilisationPercent 0 to 100; absent when it cannot be read
   */
  public record GpuSample(
      GpuUuid gpu,
      Instant at,
      ByteSize total,
      Optional<ByteSize> free,
      OptionalInt utilisationPercent) {
    public GpuSample {
      Required.present(gpu, "gpu");
      Required.present(at, "at");
      Required.present(total, "total");
      free = free == null ? Optional.empty() : free;
      utilisationPercent = utilisationPercent == null ? OptionalInt.empty() : utilisationPercent;
      utilisationPercent.ifPresent(value -> Required.between(0, 100, value, "utilisationPercent"));
    }
  }
}
