package dev.morphene.protocol.job;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Why an attempt ended without its result. Retry, budget and alarm read the {@link Type}. */
public enum ErrorClass {
  /** The job cannot be done as it was asked for. */
  @JsonProperty("callers-fault")
  CALLERS_FAULT(Type.CALLER),
  /** Host or device memory ran out. */
  @JsonProperty("out-of-memory")
  OUT_OF_MEMORY(Type.RESOURCES),
  /** The child process ended without a word, or with a fault of ours. */
  @JsonProperty("trainer-crash")
  TRAINER_CRASH(Type.OURS),
  /** Training diverged: losses are not numbers. */
  @JsonProperty("diverged")
  DIVERGED(Type.CALLER),
  /** A dataset or checkpoint exists but cannot be read. */
  @JsonProperty("unreadable")
  UNREADABLE(Type.OURS),
  /** A write failed: disk full, no permission. */
  @JsonProperty("storage")
  STORAGE(Type.RESOURCES),
  /** The node's lease lapsed. */
  @JsonProperty("host-lost")
  HOST_LOST(Type.INFRASTRUCTURE),
  /** The GPU left the node or stopped answering. */
  @JsonProperty("gpu-lost")
  GPU_LOST(Type.INFRASTRUCTURE),
  /** A more urgent job, or the cloud, took the place. */
  @JsonProperty("preempted")
  PREEMPTED(Type.INFRASTRUCTURE),
  /** The node was asked to give its work back. */
  @JsonProperty("drained")
  DRAINED(Type.INFRASTRUCTURE),
  /** Somebody asked for it. */
  @JsonProperty("cancelled")
  CANCELLED(Type.CALLER),
  /** It took longer than it may. */
  @JsonProperty("timeout")
  TIMEOUT(Type.OURS),
  /** None of the above could be told. */
  @JsonProperty("unknown")
  UNKNOWN(Type.OURS);

  /** Who has to act. */
  public enum Type {
    /** Another attempt would end the same way. */
    CALLER,
    /** A fault of this program; retried within the budget. */
    OURS,
    /** Memory or disk; retried within the budget. */
    RESOURCES,
    /** The outside world; retried without spending the budget. */
    INFRASTRUCTURE
  }

  private final Type type;

  ErrorClass(Type type) {
    this.type = type;
  }

  public Type type() {
    return type;
  }

  /** Whether another attempt may help at all. */
  public boolean isWorthRetry() {
    return type != Type.CALLER;
  }

  /** Whether another attempt is paid for out of the job's retry budget. */
  public boolean spendsBudget() {
    return type != Type.INFRASTRUCTURE;
  }
}
