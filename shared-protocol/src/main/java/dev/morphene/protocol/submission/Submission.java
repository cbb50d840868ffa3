package dev.morphene.protocol.submission;

import dev.morphene.protocol.job.IdempotencyKey;
import dev.morphene.protocol.json.Required;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Jobs to accept together, all or none.
 *
 * @param version of this record; 1
 * @param key the same key again returns the same batch and jobs
 * @param batchName for people
 * @param jobs at least one; a job may need only jobs that stand before it, so that there can be no
 *     circle
 * @param allowIncomplete accept trainings of instruments that have too little material; default
 *     false
 * @param rehearse before trainings of a recipe whose memory was never measured, rehearse it and
 *     promise them what that takes; default false
 */
public record Submission(
    int version,
    IdempotencyKey key,
    String batchName,
    List<JobRequest> jobs,
    Optional<Boolean> allowIncomplete,
    Optional<Boolean> rehearse) {
  /** The version written by this code. */
  public static final int VERSION = 1;

  /** Instruments with too little material are refused. */
  public Submission(int version, IdempotencyKey key, String batchName, List<JobRequest> jobs) {
    this(version, key, batchName, jobs, Optional.empty());
  }

  /** Nothing is rehearsed. */
  public Submission(
      int version,
      IdempotencyKey key,
      String batchName,
      List<JobRequest> jobs,
      Optional<Boolean> allowIncomplete) {
    this(version, key, batchName, jobs, allowIncomplete, Optional.empty());
  }

  /** The same with other jobs. */
  public Submission withJobs(List<JobRequest> others) {
    return new Submission(version, key, batchName, others, allowIncomplete, rehearse);
  }

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
