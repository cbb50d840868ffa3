package dev.morphene.trials.simulation;

import dev.morphene.protocol.job.GpuUuid;
import java.util.HashMap;
import java.util.Map;

/** What is booked on each GPU is the sum over the attempts that the coordinator counts on. */
final class LedgerAddsUp implements Invariant {
  @Override
  public void sweep(World world) {
    Map<GpuUuid, Long> promised = new HashMap<>();
    for (SimulatedJob job : world.jobs.values()) {
      job.running.ifPresent(
          attempt -> promised.merge(attempt.gpu.id, attempt.promised.memory().bytes(), Long::sum));
    }
    if (!promised.equals(world.ledger)) {
      throw new InvariantBroken(
          this,
          world.clock.nowMillis(),
          promised.size() + " GPUs have attempts and " + world.ledger.size() + " have bookings");
    }
  }

  @Override
  public void atEnd(World world) {
    sweep(world);
  }
}
