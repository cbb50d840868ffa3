package dev.morphene.trials.fault;

import java.util.Locale;

/**
 * One thing that is done to the cluster.
 *
 * @param atMillis since the first submission
 * @param target which of its kind, from 0; for trainers, of those that live at that moment, counted
 *     around
 * @param lastsMillis until it is mended; 0 where there is nothing to mend
 */
record Fault(long atMillis, Kind kind, int target, long lastsMillis) {

  /** Kinds of fault. */
  enum Kind {
    KILL_AGENT,
    KILL_COORDINATOR,
    KILL_TRAINER,
    KILL_BROKER,
    /** An immediate shutdown, which to its clients is a crash. */
    RESTART_DATABASE,
    FREEZE_AGENT,
    /** Drops and duplicates messages. */
    STEAL_MESSAGES
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%6.1f s  %-16s %d%s",
        atMillis / 1e3,
        kind,
        target + 1,
        lastsMillis == 0 ? "" : String.format(Locale.ROOT, "  for %.1f s", lastsMillis / 1e3));
  }
}
