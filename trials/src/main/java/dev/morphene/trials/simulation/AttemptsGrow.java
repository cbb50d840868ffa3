package dev.morphene.trials.simulation;

import dev.morphene.protocol.job.JobId;
import java.util.HashMap;
import java.util.Map;

/** The attempts of a job have growing numbers. */
final class AttemptsGrow implements Invariant {
  private final Map<JobId, Integer> newestByJob = new HashMap<>();

  @Override
  public void started(SimulatedAttempt attempt, World world) {
    Integer before = newestByJob.put(attempt.job.id(), attempt.number);
    if (before != null && before >= attempt.number) {
      throw new InvariantBroken(
          this,
          world.clock.nowMillis(),
          "job " + attempt.job.id() + " runs attempt " + attempt.number + " after " + before);
    }
  }
}
