package dev.morphene.trials.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DeadNodeIT {
  @Test
  @Timeout(900)
  void jobsOfADeadNodeArePendingWithin30SecondsAndRunningWithin60() throws Exception {
    check(1, 3);
  }

  static void check(int rounds, int agents) throws Exception {
    DeadNodeTrial.Outcome outcome =
        DeadNodeTrial.run(rounds, agents, Path.of("target", "trials", "dead-node-" + rounds));
    System.out.println(outcome);
    assertThat(outcome.pendingSeconds())
        .as("%s", outcome)
        .hasSizeGreaterThanOrEqualTo(rounds * agents);
    assertThat(outcome.pendingOwnSeconds()).as("%s", outcome).allMatch(seconds -> seconds <= 30);
    assertThat(outcome.runningOwnSeconds()).as("%s", outcome).allMatch(seconds -> seconds <= 60);
  }
}
