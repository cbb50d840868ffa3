package dev.morphene.protocol.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.placement.JobNeed;
import java.util.List;

/**
 * What the coordinator answers to a heartbeat.
 *
 * @param version 2
 * @param standing what the coordinator thinks of the node's session
 * @param leaseMillis how long each renewed lease lasts from the moment the heartbeat was sent
 * @param directives one for each attempt that is not simply to go on; default none
 * @param reserved GPUs of the node that are kept for waiting large jobs; default none
 * @param drain the node is to take nothing more, give its jobs back and leave; default false
 * @param quarantined the node is to take nothing until it hears otherwise; what runs goes on;
 *     default false
 */
public record HeartbeatReply(
    int version,
    Standing standing,
    long leaseMillis,
    List<Directive> directives,
    List<Reserved> reserved,
    boolean drain,
    boolean quarantined) {
  /** The version written by this code. */
  public static final int VERSION = 2;

  public HeartbeatReply {
    Required.present(standing, "standing");
    directives = Required.listOrEmpty(directives);
    reserved = Required.listOrEmpty(reserved);
  }

  /** What becomes of the node. */
  public enum Standing {
    /** It belongs to the cluster. */
    @JsonProperty("joined")
    JOINED,
    /** The cluster does not know it: it is to join, and may run what it holds meanwhile. */
    @JsonProperty("unknown")
    UNKNOWN,
    /** A newer session of the same name has joined: it is to kill its children and go. */
    @JsonProperty("superseded")
    SUPERSEDED
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

  public record Directive(AttemptId attempt, Action action) {
    public Directive {
      Required.present(attempt, "attempt");
      Required.present(action, "action");
    }
  }

  /**
   * @param need nothing smaller may be taken for that GPU
   */
  public record Reserved(GpuUuid gpu, JobNeed need) {
    public Reserved {
      Required.present(gpu, "gpu");
      Required.present(need, "need");
    }
  }
}
