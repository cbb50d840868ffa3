package dev.morphene.trials.simulation;

import dev.morphene.protocol.catalogue.Tier;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.spec.TrainSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Tiers of catalogues as studios would submit them: two fifths at the start, the rest over the
 * first hours.
 */
final class WorkloadGenerator {
  private static final int SMALLEST_BATCH = 10;
  private static final int LARGEST_BATCH = 50;
  private static final double AT_ONCE = 0.4;
  private static final double CRASH = 0.02;
  private static final double SECOND_CRASH = 0.2;
  private static final double FAULT = 0.003;

  private final WorkloadMix mix;
  private final SplittableRandom random;

  WorkloadGenerator(WorkloadMix mix, long seed) {
    this.mix = mix;
    random = new SplittableRandom(seed);
  }

  /**
   * @param arrivals the time over which what is not there at the start is submitted
   */
  List<JobPlan> generate(int jobs, Duration arrivals) {
    List<JobPlan> plans = new ArrayList<>();
    while (plans.size() < jobs) {
      int size = Math.min(jobs - plans.size(), random.nextInt(SMALLEST_BATCH, LARGEST_BATCH + 1));
      Tier tier = draw(mix.parts()).tier();
      BatchId batch = new BatchId(new UUID(random.nextLong(), random.nextLong()));
      long arrival = random.nextDouble() < AT_ONCE ? 0 : random.nextLong(arrivals.toMillis() + 1);
      for (int i = 0; i < size; i++) {
        plans.add(plan(plans.size() + 1, batch, draw(mix.parts(tier)), arrival));
      }
    }
    return plans;
  }

  private WorkloadMix.Part draw(List<WorkloadMix.Part> parts) {
    int drawn = random.nextInt(parts.stream().mapToInt(WorkloadMix.Part::weight).sum());
    for (WorkloadMix.Part part : parts) {
      drawn -= part.weight();
      if (drawn < 0) {
        return part;
      }
    }
    throw new IllegalStateException("The weights do not add up");
  }

  private JobPlan plan(long number, BatchId batch, WorkloadMix.Part part, long arrival) {
    List<Double> crashes = new ArrayList<>();
    if (random.nextDouble() < CRASH) {
      crashes.add(random.nextDouble());
      if (random.nextDouble() < SECOND_CRASH) {
        crashes.add(random.nextDouble(crashes.get(0), 1));
      }
    }
    return new JobPlan(
        new JobId(number),
        batch,
        part.priority(),
        arrival,
        spec(part.recipe(), part.steps()),
        around(TrueRecipe.MEMORY_SPREAD),
        around(TrueRecipe.SPEED_SPREAD),
        crashes,
        random.nextDouble() < FAULT ? OptionalDouble.of(0.001) : OptionalDouble.empty());
  }

  private double around(double spread) {
    return random.nextDouble(1 - spread, 1 + spread);
  }

  static TrainSpec spec(TrueRecipe recipe, long steps) {
    return TrainSpec.draft("simulated", recipe.config(), "/simulated/dataset", "/simulated/run")
        .maxSteps(steps)
        .phaseOneSteps(Math.round(steps * TrueRecipe.PHASE_ONE_SHARE))
        .batch(recipe.batch())
        .allowSmallerConfig(true)
        .build();
  }
}
