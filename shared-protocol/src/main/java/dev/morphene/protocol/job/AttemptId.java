package dev.morphene.protocol.job;

/** One execution of one job. */
public record AttemptId(JobId job, AttemptNumber attempt) {
  @Override
  public String toString() {
    return job + "/" + attempt;
  }
}
