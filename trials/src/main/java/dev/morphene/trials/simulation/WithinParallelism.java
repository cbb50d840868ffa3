package dev.morphene.trials.simulation;

/** No GPU holds more jobs than the smallest parallelism of any of them. */
final class WithinParallelism implements Invariant {
  @Override
  public void started(SimulatedAttempt attempt, World world) {
    int together = attempt.gpu.tenants.size();
    for (SimulatedAttempt tenant : attempt.gpu.tenants) {
      if (together > tenant.promised.sideBySide()) {
        throw new InvariantBroken(
            this,
            world.clock.nowMillis(),
            attempt.gpu.id
                + " holds "
                + together
                + " jobs, and job "
                + tenant.job.id()
                + " allows "
                + tenant.promised.sideBySide());
      }
    }
  }
}
