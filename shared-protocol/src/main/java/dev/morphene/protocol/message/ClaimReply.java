package dev.morphene.protocol.message;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.spec.JobSpec;

/** The coordinator's answer to a claim. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "outcome")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ClaimReply.Granted.class, name = "granted"),
  @JsonSubTypes.Type(value = ClaimReply.Refused.class, name = "refused")
})
public sealed interface ClaimReply {
  AttemptId attempt();

  /**
   * The worker holds a lease.
   *
   * @param spec what to do
   * @param provenance what an export delivers beside its spec: catalogue entry, recipe, attempts,
   *     peak memory; an empty object for other kinds
   * @param leaseMillis how long the lease lasts from the moment the request was sent, unless
   *     renewed
   */
  record Granted(AttemptId attempt, JobSpec spec, JsonNode provenance, long leaseMillis)
      implements ClaimReply {}

  /**
   * The attempt is superseded, cancelled, done or somebody else's; the message is to be
   * acknowledged and forgotten.
   */
  record Refused(AttemptId attempt, String message) implements ClaimReply {}
}
