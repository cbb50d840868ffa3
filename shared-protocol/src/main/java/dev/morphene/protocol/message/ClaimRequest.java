package dev.morphene.protocol.message;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.Required;

/**
 * A node asks for an attempt. Idempotent: the worker that holds the attempt is granted it again.
 *
 * @param version 1
 * @param worker who asks
 * @param gpu where it would run
 */
public record ClaimRequest(int version, AttemptId attempt, WorkerId worker, GpuUuid gpu) {
  /** The version written by this code. */
  public static final int VERSION = 1;

  public ClaimRequest {
    Required.present(attempt, "attempt");
    Required.present(worker, "worker");
    Required.present(gpu, "gpu");
  }
}
