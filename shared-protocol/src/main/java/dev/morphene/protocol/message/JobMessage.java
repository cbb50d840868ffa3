package dev.morphene.protocol.message;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.json.Required;

/**
 * What a work queue carries: ids only, Postgres is the truth.
 *
 * @param version 1
 * @param attempt the execution to claim
 */
public record JobMessage(int version, AttemptId attempt) {
  /** The version written by this code. */
  public static final int VERSION = 1;

  public JobMessage {
    Required.present(attempt, "attempt");
  }

  public static JobMessage of(AttemptId attempt) {
    return new JobMessage(VERSION, attempt);
  }
}
