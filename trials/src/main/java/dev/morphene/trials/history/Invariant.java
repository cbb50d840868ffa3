package dev.morphene.trials.history;

import java.util.List;

/** One promise of the cluster, as a question to a history. */
public interface Invariant {
  /** Every way in which the history breaks it; empty for a good one. */
  List<Violation> check(History history);
}
