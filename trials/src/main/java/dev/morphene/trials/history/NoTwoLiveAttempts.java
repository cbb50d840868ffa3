package dev.morphene.trials.history;

import java.util.ArrayList;
import java.util.List;

/** No two trainer processes of one job were ever alive at one moment. */
final class NoTwoLiveAttempts implements Invariant {
  @Override
  public List<Violation> check(History history) {
    List<Violation> found = new ArrayList<>();
    history
        .runsByJob()
        .forEach(
            (job, runs) -> {
              for (int i = 0; i < runs.size(); i++) {
                for (int j = i + 1; j < runs.size(); j++) {
                  if (runs.get(i).overlaps(runs.get(j))) {
                    found.add(
                        Violation.of(
                            this,
                            "Job " + job + " had two trainers at work at one moment.",
                            List.of(runs.get(i), runs.get(j))));
                  }
                }
              }
            });
    return found;
  }
}
