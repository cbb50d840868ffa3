package dev.morphene.protocol.submission;

import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.spec.JobSpec;
import java.util.List;
import java.util.OptionalInt;

/**
 * One job of a submission.
 *
 * @param name what other jobs of the submission call it; unique within it
 * @param instrument number in the catalogue; absent when the job belongs to none
 * @param priority higher goes first; default 0
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
  public JobRequest {
    Required.text(name, "name");
    instrument.ifPresent(value -> Required.atLeast(1, value, "instrument"));
    needs = Required.listOrEmpty(needs);
    retryBudget.ifPresent(value -> Required.between(0, 100, value, "retryBudget"));
    Required.present(spec, "spec");
  }
}
