package dev.morphene.protocol.job;

import dev.morphene.protocol.json.Required;

/** One execution of one job. */
public record AttemptId(JobId job, AttemptNumber attempt) {
  public AttemptId {
    Required.present(job, "job");
    Required.present(attempt, "attempt");
  }

  @Override
  public String toString() {
    return job + "/" + attempt;
  }
}
