package dev.morphene.trials.history;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.JobId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The number of a job's attempt never falls: not for an observer, not in the order of grants, of
 * trainers that begin, and of events that were applied; and no attempt is granted or begun twice.
 */
final class AttemptsOnlyGrow implements Invariant {
  @Override
  public List<Violation> check(History history) {
    List<Violation> found = new ArrayList<>();
    history
        .sightingsByJob()
        .forEach((job, all) -> grow(found, job, all, Sighting::latest, false, "was seen with"));
    history
        .runsByJob()
        .forEach((job, all) -> grow(found, job, all, TrainerRun::attempt, true, "began"));
    history
        .attemptsByJob()
        .forEach(
            (job, all) ->
                grow(
                    found,
                    job,
                    all.stream()
                        .sorted(Comparator.comparingLong(AttemptRow::grantedAtMicros))
                        .toList(),
                    AttemptRow::attempt,
                    true,
                    "was granted"));
    history
        .eventsByJob()
        .forEach(
            (job, all) ->
                grow(
                    found,
                    job,
                    all.stream().filter(EventRow::applied).toList(),
                    EventRow::attempt,
                    false,
                    "heeded"));
    Map<JobId, JobRow> rows = history.jobById();
    for (AttemptRow attempt : history.attempts()) {
      JobRow row = rows.get(attempt.attempt().job());
      if (row != null && number(attempt.attempt()) > number(row.latest())) {
        found.add(
            Violation.of(
                this,
                "Attempt " + attempt.attempt() + " is beyond what its job knows.",
                List.of(row, attempt)));
      }
    }
    return found;
  }

  private <T> void grow(
      List<Violation> found,
      JobId job,
      List<T> inOrder,
      Function<T, AttemptId> attempt,
      boolean strictly,
      String what) {
    for (int i = 1; i < inOrder.size(); i++) {
      int before = number(attempt.apply(inOrder.get(i - 1)));
      int after = number(attempt.apply(inOrder.get(i)));
      if (after < before || strictly && after == before) {
        found.add(
            Violation.of(
                this,
                "Job " + job + " " + what + " attempt " + before + " and then " + after + ".",
                List.of(inOrder.get(i - 1), inOrder.get(i))));
      }
    }
  }

  private static int number(AttemptId attempt) {
    return attempt.attempt().value();
  }
}
