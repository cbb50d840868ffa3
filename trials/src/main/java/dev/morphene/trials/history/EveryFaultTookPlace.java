package dev.morphene.trials.history;

import java.util.ArrayList;
import java.util.List;

/**
 * Whatever was planned was done: a promise of the trial's own, since a cluster that nothing
 * happened to keeps all of its promises.
 */
final class EveryFaultTookPlace implements Invariant {
  @Override
  public List<Violation> check(History history) {
    List<Violation> found = new ArrayList<>();
    if (history.faults().isEmpty()) {
      found.add(Violation.of(this, "Nothing was planned.", List.of("no fault")));
    }
    for (PlannedFault fault : history.faults()) {
      if (fault.stage() != PlannedFault.Stage.DONE) {
        found.add(
            Violation.of(
                this,
                switch (fault.stage()) {
                  case WAITING -> "A planned fault never began.";
                  case BEGUN -> "A fault was begun and never mended.";
                  default -> "A fault went wrong itself: " + fault.words();
                },
                List.of(fault)));
      }
    }
    return found;
  }
}
