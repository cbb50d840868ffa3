package dev.morphene.protocol.submission;

import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.spec.JobSpec;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * One job of a submission.
 *
 * @param name what other jobs of the submission call it; unique within it; at most 200 characters
 * @param instrument number in the catalogue; absent when the job belongs to none
 * @param priority higher goes first; -1,000,000 to 1,000,000; default 0
 * @param needs names of jobs of the same submission that must be completed first
 * @param retryBudget failures that may be retried; default 3
 * @param spec what to do
 */
public record JobRequest(
    String name,
    OptionalInt instrument,
    OptionalInt priority,
    List<String> needs,
    OptionalInt retryBudget,
    JobSpec spec) {
  private static final int LONGEST_NAME = 200;
  private static final int MOST_PRIORITY = 1_000_000;

  public JobRequest {
    Required.shortText(name, LONGEST_NAME, "name");
    priority.ifPresent(JobRequest::checkedPriority);
    instrument.ifPresent(value -> Required.atLeast(1, value, "instrument"));
    needs = Required.listOrEmpty(needs);
    retryBudget.ifPresent(value -> Required.between(0, 100, value, "retryBudget"));
    Required.present(spec, "spec");
  }

  /** The same job after one more. */
  public JobRequest needing(String other) {
    return new JobRequest(
        name,
        instrument,
        priority,
        Stream.concat(needs.stream(), Stream.of(other)).toList(),
        retryBudget,
        spec);
  }

  /** Throws {@link IllegalArgumentException} with a sentence when no job may have it. */
  public static int checkedPriority(long priority) {
    return (int) Required.between(-MOST_PRIORITY, MOST_PRIORITY, priority, "priority");
  }
}
