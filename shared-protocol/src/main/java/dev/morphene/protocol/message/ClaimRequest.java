package dev.morphene.protocol.message;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.Required;
import java.util.List;

/**
 * A node asks for attempts, and says which ones it has no place for. Idempotent: the worker that
 * holds an attempt is granted it again.
 *
 * @param version 2
 * @param worker who asks
 * @param session under which it joined
 * @param claims attempts that it has a place for; default none
 * @param returned attempts whose message it took and for which it has no place; they are published
 *     again for others; default none
 */
public record ClaimRequest(
    int version, WorkerId worker, SessionId session, List<Claim> claims, List<AttemptId> returned) {
  /** The version written by this code. */
  public static final int VERSION = 2;

  public ClaimRequest {
    Required.present(worker, "worker");
    Required.present(session, "session");
    claims = Required.listOrEmpty(claims);
    returned = Required.listOrEmpty(returned);
  }

  /**
   * @param gpu where it would run
   */
  public record Claim(AttemptId attempt, GpuUuid gpu) {
    public Claim {
      Required.present(attempt, "attempt");
      Required.present(gpu, "gpu");
    }
  }
}
