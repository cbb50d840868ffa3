package dev.morphene.coordinator.job;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.spec.JobSpec;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A job as it stands in the database, locked by the transaction that read it.
 *
 * @param attempt the execution that is to run, runs or ran last
 * @param failures paid for out of {@code retryBudget}
 * @param paused it is not published before an operator resumes it
 * @param blockedBy the need whose end ended this job
 * @param source the training run that this job follows
 * @param need what is promised to it; absent for kinds that need no GPU
 * @param recipe by which its memory is learned; absent for kinds that need no GPU
 */
public record Job(
    JobId id,
    BatchId batch,
    String name,
    OptionalInt instrument,
    int priority,
    JobSpec spec,
    JobState state,
    AttemptNumber attempt,
    int retryBudget,
    int failures,
    boolean cancelRequested,
    boolean paused,
    Optional<JobId> blockedBy,
    Optional<JobId> source,
    Optional<JobNeed> need,
    Optional<String> recipe) {

  public AttemptId attemptId() {
    return new AttemptId(id, attempt);
  }

  /** For sentences: {@code job 7 "train"}. */
  String words() {
    return "job " + id + " \"" + name + "\"";
  }
}
