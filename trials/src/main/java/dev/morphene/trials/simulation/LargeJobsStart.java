package dev.morphene.trials.simulation;

import dev.morphene.protocol.memory.MemoryClass;
import java.time.Duration;

/**
 * A published job of the two large classes is claimed within a bound, however many small ones come.
 */
record LargeJobsStart(Duration bound) implements Invariant {
  /** Sizes of the workloads that only the larger GPUs hold. */
  private static final int LARGE_SIZES = 3;

  /**
   * Within one longest run each GPU could empty once; before a job there are at most the other
   * large ones of the windows, which share the GPUs that hold them.
   */
  static LargeJobsStart within(Simulation simulation) {
    long longest = simulation.workload().stream().mapToLong(JobPlan::workMillis).max().orElse(0);
    long places =
        simulation.farm().stream()
            .flatMap(node -> node.gpus.stream())
            .filter(gpu -> gpu.total.compareTo(TrueRecipe.of("v3", 16).most()) > 0)
            .count();
    long rounds = 1 + (LARGE_SIZES * simulation.window() + places - 1) / places;
    return new LargeJobsStart(Duration.ofMillis(longest * rounds));
  }

  @Override
  public void started(SimulatedAttempt attempt, World world) {
    long waited = world.clock.nowMillis() - attempt.job.publishedAtMillis;
    if (attempt.job.queue != MemoryClass.UNDER_30_GB && waited > bound.toMillis()) {
      throw new InvariantBroken(
          this,
          world.clock.nowMillis(),
          "large job " + attempt.job.id() + " has waited " + Words.hours(waited));
    }
  }
}
