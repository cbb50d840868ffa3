package dev.morphene.protocol.message;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.spec.JobSpec;
import java.util.List;
import java.util.Optional;

/**
 * The coordinator's answer to a claim: every claimed attempt is granted or refused.
 *
 * @param version 2
 * @param leaseMillis how long each granted lease lasts from the moment the request was sent, unless
 *     renewed; above 0
 * @param granted the worker holds a lease on these; default none
 * @param refused their messages are to be acknowledged and forgotten; default none
 */
public record ClaimReply(
    int version, long leaseMillis, List<Granted> granted, List<Refused> refused) {
  /** The version written by this code. */
  public static final int VERSION = 2;

  public ClaimReply {
    granted = Required.listOrEmpty(granted);
    refused = Required.listOrEmpty(refused);
  }

  /**
   * @param spec what to do
   * @param provenance what an export delivers beside its spec: catalogue entry, recipe, attempts,
   *     peak memory; an empty object for other kinds
   * @param need what was promised to it; absent for kinds that need no GPU
   */
  public record Granted(
      AttemptId attempt, JobSpec spec, JsonNode provenance, Optional<JobNeed> need) {
    public Granted {
      Required.present(attempt, "attempt");
      Required.present(spec, "spec");
      Required.present(provenance, "provenance");
      need = need == null ? Optional.empty() : need;
    }
  }

  /**
   * The attempt is superseded, cancelled, done, somebody else's, or does not fit where it was
   * claimed for; in that last case it is published again for others.
   *
   * @param message one sentence
   */
  public record Refused(AttemptId attempt, String message) {
    public Refused {
      Required.present(attempt, "attempt");
      Required.text(message, "message");
    }
  }
}
