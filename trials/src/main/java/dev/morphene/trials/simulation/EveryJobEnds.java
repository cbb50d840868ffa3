package dev.morphene.trials.simulation;

/** Every job that was submitted ends. */
final class EveryJobEnds implements Invariant {
  @Override
  public void atEnd(World world) {
    long open = world.jobs.values().stream().filter(job -> !job.state.isEnd()).count();
    if (open > 0 || world.toCome > 0) {
      throw new InvariantBroken(
          this, world.clock.nowMillis(), open + world.toCome + " jobs have not ended");
    }
  }
}
