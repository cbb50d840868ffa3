package dev.morphene.trials.fault;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Thirty killed agents, about four minutes. */
class DeadNodeLongIT {
  @Test
  @Timeout(900)
  void jobsOfADeadNodeArePendingWithin30SecondsAndRunningWithin60() throws Exception {
    DeadNodeIT.check(5, 6);
  }
}
