package dev.morphene.protocol.message;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.placement.JobNeed;
import java.util.Optional;

/**
 * What a work queue carries: ids, and a hint of the size so that a node can look for a place before
 * it asks. Postgres is the truth: what is granted with the claim counts.
 *
 * @param version 2
 * @param attempt the execution to claim
 * @param need when it was published; absent for kinds that need no GPU
 */
public record JobMessage(int version, AttemptId attempt, Optional<JobNeed> need) {
  /** The version written by this code. */
  public static final int VERSION = 2;

  public JobMessage {
    Required.present(attempt, "attempt");
    need = need == null ? Optional.empty() : need;
  }

  public static JobMessage of(AttemptId attempt, Optional<JobNeed> need) {
    return new JobMessage(VERSION, attempt, need);
  }
}
