package dev.morphene.protocol.message;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.memory.ByteSize;
import java.time.Instant;
import java.util.List;

/**
 * What a node measured since it last said so.
 *
 * @param version 1
 * @param samples memory of running attempts, oldest first
 */
public record TelemetryBatch(int version, WorkerId worker, List<MemorySample> samples) {
  /** The version written by this code. */
  public static final int VERSION = 1;

  public TelemetryBatch {
    Required.present(worker, "worker");
    samples = Required.listOrEmpty(samples);
  }

  /**
   * @param at the node's wall clock
   * @param used memory of the attempt's process on that device; resident memory on a CPU device
   */
  public record MemorySample(AttemptId attempt, GpuUuid gpu, Instant at, ByteSize used) {
    public MemorySample {
      Required.present(attempt, "attempt");
      Required.present(gpu, "gpu");
      Required.present(at, "at");
      Required.present(used, "used");
    }
  }
}
