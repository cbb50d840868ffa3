package dev.morphene.trials.simulation;

/**
 * When a job is placed, what is promised or taken on its GPU fits beside the strangers. Counted
 * from the trainers, not by the rule that is under test.
 */
final class WithinBudget implements Invariant {
  @Override
  public void started(SimulatedAttempt attempt, World world) {
    SimulatedGpu gpu = attempt.gpu;
    long bytes = gpu.strangersBytes();
    for (SimulatedAttempt tenant : gpu.tenants) {
      bytes += Math.max(tenant.promised.memory().bytes(), tenant.heldBytes);
    }
    if (bytes > gpu.total.bytes()) {
      throw new InvariantBroken(
          this,
          world.clock.nowMillis(),
          gpu.id + " has " + gpu.total + " and is promised away " + (bytes >> 20) + " MB");
    }
  }
}
