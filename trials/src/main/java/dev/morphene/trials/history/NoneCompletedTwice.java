package dev.morphene.trials.history;

import java.util.ArrayList;
import java.util.List;

/** One result at most is accepted for a job, and an end state is never left again. */
final class NoneCompletedTwice implements Invariant {
  @Override
  public List<Violation> check(History history) {
    List<Violation> found = new ArrayList<>();
    history
        .eventsByJob()
        .forEach(
            (job, events) -> {
              List<EventRow> results =
                  events.stream()
                      .filter(event -> event.applied() && event.type().equals("completed"))
                      .toList();
              if (results.size() > 1) {
                found.add(Violation.of(this, "Job " + job + " had more than one result.", results));
              }
            });
    history
        .attemptsByJob()
        .forEach(
            (job, attempts) -> {
              List<AttemptRow> completed =
                  attempts.stream().filter(row -> row.outcome().equals("completed")).toList();
              if (completed.size() > 1) {
                found.add(
                    Violation.of(
                        this, "Job " + job + " has more than one completed attempt.", completed));
              }
            });
    history
        .sightingsByJob()
        .forEach(
            (job, sightings) -> {
              for (int i = 1; i < sightings.size(); i++) {
                Sighting before = sightings.get(i - 1);
                Sighting after = sightings.get(i);
                if (EveryJobEnds.isEnd(before.state()) && !after.state().equals(before.state())) {
                  found.add(
                      Violation.of(
                          this,
                          "Job " + job + " left the end state " + before.state() + ".",
                          List.of(before, after)));
                }
              }
            });
    return found;
  }
}
