package dev.morphene.protocol.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * Where a job is in its life (design, "Life of a job"). {@code queued} shows to the operator as
 * pending.
 *
 * <pre>
 * pending ──publish──► queued ──claim──► running ──► completed
 *    ▲                    │                 │  ├───► failed
 *    │                    │                 │  └───► retrying ──(back-off)──► pending, attempt + 1
 *    └── lease lapsed, drained ─────────────┤
 *                         └──── cancel ─────┴──────► cancelled
 * </pre>
 */
public enum JobState {
  /** Accepted; waits for its needs, for its turn or for its back-off to pass. */
  @JsonProperty("pending")
  PENDING,
  /** Its message is with the broker; no node has claimed it. */
  @JsonProperty("queued")
  QUEUED,
  /** A node holds a lease on it. */
  @JsonProperty("running")
  RUNNING,
  /** It failed in a way worth another attempt; pending again once its back-off has passed. */
  @JsonProperty("retrying")
  RETRYING,
  /** Done, and its result is stored. */
  @JsonProperty("completed")
  COMPLETED,
  /** Given up: the retry budget is spent, or another attempt could not help. */
  @JsonProperty("failed")
  FAILED,
  /** Stopped because somebody asked. */
  @JsonProperty("cancelled")
  CANCELLED;

  /** Whether nothing will change any more unless an operator retries the job. */
  public boolean isEnd() {
    return this == COMPLETED || this == FAILED || this == CANCELLED;
  }

  /**
   * Whether the state machine allows the step; an end state is left only by an operator's retry, to
   * pending.
   */
  public boolean canTransitionTo(JobState next) {
    return switch (this) {
      case PENDING -> next == QUEUED || next == CANCELLED || next == FAILED;
      case QUEUED -> next == RUNNING || next == PENDING || next == CANCELLED;
      case RUNNING ->
          next == COMPLETED
              || next == FAILED
              || next == RETRYING
              || next == PENDING
              || next == CANCELLED;
      case RETRYING -> next == PENDING || next == CANCELLED;
      case FAILED, CANCELLED -> next == PENDING;
      case COMPLETED -> false;
    };
  }

  /** The name used outside Java. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What the operator reads: queued is an inner matter. */
  public String shownAs() {
    return this == QUEUED ? PENDING.word() : word();
  }
}
