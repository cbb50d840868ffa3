package dev.morphene.trials.simulation;

import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.spec.TrainSpec;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A job as it is submitted, with what fate has in store for it.
 *
 * @param arrivalMillis when it is submitted
 * @param memoryFactor how much more than its recipe's mean it takes
 * @param speedFactor how much longer than its recipe's mean it takes
 * @param crashes progress at which the trainer crashes once, parts of the whole, ascending
 * @param fault progress at which it turns out that the job cannot be done
 */
record JobPlan(
    JobId id,
    BatchId batch,
    int priority,
    long arrivalMillis,
    TrainSpec spec,
    double memoryFactor,
    double speedFactor,
    List<Double> crashes,
    OptionalDouble fault) {

  /** Undisturbed, from the first step to the last or to the fault. */
  long workMillis() {
    return workMillis(TrueRecipe.of(spec));
  }

  long workMillis(TrueRecipe recipe) {
    return Math.round(
        spec.maxSteps() * recipe.secondsPerStep() * speedFactor * 1000 * fault.orElse(1));
  }
}
