package dev.morphene.protocol.message;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.json.Required;

/**
 * What a node's own queue carries: a hint to act now. The intent itself stands in Postgres and is
 * repeated with every heartbeat, so a lost command only costs time.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = NodeCommand.Drain.class, name = "drain"),
  @JsonSubTypes.Type(value = NodeCommand.Direct.class, name = "direct")
})
public sealed interface NodeCommand {
  /** The version written by this code. */
  int VERSION = 1;

  /**
   * Take nothing more, give the jobs back and leave.
   *
   * @param version 1
   * @param session for which it is meant; another session of the node ignores it
   */
  record Drain(int version, SessionId session) implements NodeCommand {
    public Drain {
      Required.present(session, "session");
    }
  }

  /**
   * Do something with one attempt.
   *
   * @param version 1
   * @param attempt ignored by a node that does not run it
   * @param action what to do
   */
  record Direct(int version, AttemptId attempt, HeartbeatReply.Action action)
      implements NodeCommand {
    public Direct {
      Required.present(attempt, "attempt");
      Required.present(action, "action");
    }
  }
}
