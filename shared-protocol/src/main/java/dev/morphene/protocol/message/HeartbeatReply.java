package dev.morphene.protocol.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.json.Required;
import java.util.List;

/**
 * What the coordinator answers to a heartbeat.
 *
 * @param leaseMillis how long each renewed lease lasts from the moment the heartbeat was sent
 * @param directives one for each attempt that is not simply to go on
 */
public record HeartbeatReply(int version, long leaseMillis, List<Directive> directives) {
  /** The version written by this code. */
  public static final int VERSION = 1;

  public HeartbeatReply {
    directives = Required.listOrEmpty(directives);
  }

  /** What the node is to do with an attempt. */
  public enum Action {
    /** Write a checkpoint and go on. */
    @JsonProperty("checkpoint")
    CHECKPOINT,
    /** Somebody cancelled the job: stop it and say that it was given back. */
    @JsonProperty("cancel")
    CANCEL,
    /** The lease is gone: kill at once, what it writes is refused. */
    @JsonProperty("abandon")
    ABANDON
  }

  public record Directive(AttemptId attempt, Action action) {}
}
