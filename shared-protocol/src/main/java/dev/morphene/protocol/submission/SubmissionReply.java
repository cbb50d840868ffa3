package dev.morphene.protocol.submission;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import java.util.Map;

/** What became of a submission. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "outcome")
@JsonSubTypes({
  @JsonSubTypes.Type(value = SubmissionReply.Accepted.class, name = "accepted"),
  @JsonSubTypes.Type(value = SubmissionReply.Refused.class, name = "refused")
})
public sealed interface SubmissionReply {
  /**
   * @param jobs id of each job by its name in the submission
   * @param alreadyKnown the key had been accepted before; nothing new was written
   */
  record Accepted(BatchId batch, Map<String, JobId> jobs, boolean alreadyKnown)
      implements SubmissionReply {}

  /**
   * Nothing was written.
   *
   * @param message one sentence with the fix
   * @param mayWorkLater the submission is well formed: it is what the cluster has now that does not
   *     allow it; default false
   */
  record Refused(String message, boolean mayWorkLater) implements SubmissionReply {}
}
