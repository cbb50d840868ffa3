package dev.morphene.protocol.submission;

import dev.morphene.protocol.job.IdempotencyKey;
import dev.morphene.protocol.json.Required;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Jobs to accept together, all or none.
 *
 * @param version of this record; 1
 * @param key the same key again returns the same batch and jobs
 * @param batchName for people
 * @param jobs at least one; a job may need only jobs that stand before it, so that there can be no
 *     circle
 */
public record Submission(int version, IdempotencyKey key, String batchName, List<JobRequest> jobs) {
  /** The version written by this code. */
  public static final int VERSION = 1;

  public Submission {
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "\"version\" is "
              + version
              + "; this coordinator reads submissions of version "
              + VERSION
              + ".");
    }
    Required.present(key, "key");
    Required.text(batchName, "batchName");
    jobs = Required.notEmpty(jobs, "jobs");
    Set<String> seen = new HashSet<>();
    for (JobRequest job : jobs) {
      for (String need : job.needs()) {
        if (!seen.contains(need)) {
          throw new IllegalArgumentException(
              "Job \""
                  + job.name()
                  + "\" needs \""
                  + need
                  + "\", which is no job before it in the submission.");
        }
      }
      if (!seen.add(job.name())) {
        throw new IllegalArgumentException(
            "Two jobs of the submission are named \"" + job.name() + "\".");
      }
    }
  }
}
