package dev.morphene.trials.history;

import dev.morphene.protocol.job.JobId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a client was told to be accepted is there in the end, under the same id however often the
 * client asked, and whatever is completed was really done by a trainer of that attempt.
 */
final class NoAcceptedJobLost implements Invariant {
  @Override
  public List<Violation> check(History history) {
    List<Violation> found = new ArrayList<>();
    Map<JobId, JobRow> rows = history.jobById();
    Map<String, Accepted> firstByKey = new HashMap<>();
    for (Accepted accepted : history.accepted()) {
      Accepted first = firstByKey.putIfAbsent(accepted.key(), accepted);
      if (first != null && !first.jobs().equals(accepted.jobs())) {
        found.add(
            Violation.of(
                this,
                "The key " + accepted.key() + " was answered with two sets of jobs.",
                List.of(first, accepted)));
      }
      accepted
          .jobs()
          .forEach(
              (name, job) -> {
                JobRow row = rows.get(job);
                if (row == null || !row.key().equals(accepted.key()) || !row.name().equals(name)) {
                  found.add(
                      Violation.of(
                          this,
                          "Job " + job + " (" + accepted.key() + "/" + name + ") is lost.",
                          row == null ? List.of(accepted) : List.of(accepted, row)));
                }
              });
    }
    Map<JobId, List<TrainerRun>> runs = history.runsByJob();
    for (JobRow row : history.jobs()) {
      List<TrainerRun> own = runs.getOrDefault(row.latest().job(), List.of());
      boolean done =
          own.stream().anyMatch(run -> run.attempt().equals(row.latest()) && run.hasEnded());
      if (row.state().equals("completed") && !done) {
        List<Object> facts = new ArrayList<>(List.of(row));
        facts.addAll(own);
        found.add(
            Violation.of(
                this, "Job " + row.latest().job() + " is completed but was not done.", facts));
      }
    }
    return found;
  }
}
