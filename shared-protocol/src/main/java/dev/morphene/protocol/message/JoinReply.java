package dev.morphene.protocol.message;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** The coordinator's answer to a node that wants to join. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "outcome")
@JsonSubTypes({
  @JsonSubTypes.Type(value = JoinReply.Accepted.class, name = "accepted"),
  @JsonSubTypes.Type(value = JoinReply.Refused.class, name = "refused")
})
public sealed interface JoinReply {
  /**
   * The node belongs to the cluster until a newer session of the same name joins.
   *
   * @param leaseMillis how long leases last here, above 0
   */
  record Accepted(long leaseMillis) implements JoinReply {}

  /** It does not; the message is one sentence with the fix. */
  record Refused(String message) implements JoinReply {}
}
