package dev.morphene.trials.simulation;

import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.placement.JobNeed;
import java.util.Comparator;
import java.util.Optional;

/** What a scheduler decides; the farm around it is the same for all of them. */
interface Policy {
  /** For the table. */
  String name();

  /** What the job is promised now. */
  JobNeed need(SimulatedJob job);

  /** A GPU of the node that may take it. */
  Optional<SimulatedGpu> place(SimulatedNode node, JobNeed need);

  /** Whether GPUs are kept for waiting large jobs. */
  default boolean reserves() {
    return false;
  }

  /** Of the node as a consumer of the class; higher is served first, equal ones in turn. */
  default int priority(SimulatedNode node, MemoryClass memoryClass) {
    return 0;
  }

  /** In which order a node places the messages of a class; empty when as they were published. */
  default Optional<Comparator<JobNeed>> order() {
    return Optional.empty();
  }

  /** How long a node that has found nothing waits before it looks again; 0 when it is told. */
  default long pollMillis() {
    return 0;
  }

  /** How long after a lapsed lease a job goes to another node. */
  default long graceMillis() {
    return Timing.GRACE_MILLIS;
  }

  /** Whether an attempt that is not the job's newest is refused. */
  default boolean fences() {
    return true;
  }

  /** A run of the recipe is complete and took that much in that phase. */
  default void learn(SimulatedJob job, int phase, long peakBytes) {}

  /**
   * The job ran out of memory.
   *
   * @param together how many jobs were on the GPU, itself included
   * @return whether something was changed that may help
   */
  default boolean ranOut(SimulatedAttempt attempt, int together) {
    return false;
  }

  /** What becomes of a job whose attempt failed: a pause in ms, or negative to give up. */
  long pauseMillis(SimulatedJob job, ErrorClass errorClass);
}
