package dev.morphene.trials.simulation;

import java.util.List;

/** No job runs under two live leases: a second trainer starts only when the first is gone. */
final class NoTwoLeases implements Invariant {
  @Override
  public void started(SimulatedAttempt attempt, World world) {
    List<SimulatedAttempt> alive = world.alive(attempt.job.id());
    if (alive.size() != 1) {
      throw new InvariantBroken(
          this,
          world.clock.nowMillis(),
          "job "
              + attempt.job.id()
              + " runs on "
              + alive.stream().map(one -> one.gpu.id + " as attempt " + one.number).toList());
    }
  }
}
