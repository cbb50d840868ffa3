package dev.morphene.trials.history;

import java.util.List;

/** Looks for broken promises. It shares no code with the cluster but the ids. */
public final class HistoryChecker {
  private static final List<Invariant> INVARIANTS =
      List.of(
          new NoAcceptedJobLost(),
          new NoTwoLiveAttempts(),
          new NoneCompletedTwice(),
          new AttemptsOnlyGrow(),
          new EveryJobEnds(),
          new EveryFaultTookPlace());

  private HistoryChecker() {}

  public static List<Violation> check(History history) {
    return INVARIANTS.stream().flatMap(rule -> rule.check(history).stream()).toList();
  }
}
