package dev.morphene.trials.history;

import dev.morphene.protocol.job.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every accepted job is in an end state when the trial is over, and in the one it was made for. */
final class EveryJobEnds implements Invariant {
  private static final Set<String> ENDS = Set.of("completed", "failed", "cancelled");

  static boolean isEnd(String state) {
    return ENDS.contains(state);
  }

  @Override
  public List<Violation> check(History history) {
    List<Violation> found = new ArrayList<>();
    Map<JobId, List<AttemptRow>> attempts = history.attemptsByJob();
    for (JobRow row : history.jobs()) {
      String meant = history.meant().getOrDefault(row.key(), Map.of()).get(row.name());
      boolean good = meant == null ? isEnd(row.state()) : row.state().equals(meant);
      if (!good) {
        List<Object> facts = new ArrayList<>(List.of(row));
        facts.addAll(attempts.getOrDefault(row.latest().job(), List.of()));
        found.add(
            Violation.of(
                this,
                "Job "
                    + row.latest().job()
                    + " is "
                    + row.state()
                    + " in the end"
                    + (meant == null ? "." : ", not " + meant + "."),
                facts));
      }
    }
    for (AttemptRow attempt : history.attempts()) {
      if (attempt.outcome().equals("running")) {
        found.add(
            Violation.of(
                this, "Attempt " + attempt.attempt() + " has no outcome.", List.of(attempt)));
      }
    }
    return found;
  }
}
