package dev.morphene.trials.simulation;

import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.placement.Tenant;

/** One execution: a trainer on a GPU, and the lease it runs under. */
final class SimulatedAttempt {
  final SimulatedJob job;
  final int number;
  final SimulatedGpu gpu;
  final JobNeed promised;
  final long startedAtMillis;
  final double startProgress;
  long heldBytes;
  long mostBytes;

  /** Whether its trainer is there. */
  boolean alive = true;

  /** Whether the coordinator counts on it. */
  boolean leased = true;

  SimulatedAttempt(SimulatedJob job, SimulatedGpu gpu, JobNeed promised, long startedAtMillis) {
    this.job = job;
    this.number = job.attempt;
    this.gpu = gpu;
    this.promised = promised;
    this.startedAtMillis = startedAtMillis;
    this.startProgress = job.progress;
  }

  Tenant tenant() {
    return new Tenant(promised, new ByteSize(heldBytes));
  }

  /** When training began; before, the dataset and the model are read. */
  long trainingFromMillis() {
    return startedAtMillis + Timing.START_MILLIS;
  }

  long reachesMillis(double progress) {
    return trainingFromMillis()
        + Math.round(Math.max(0, progress - startProgress) * job.wholeMillis());
  }

  double progressAt(long nowMillis) {
    double trained = Math.max(0, nowMillis - trainingFromMillis()) / job.wholeMillis();
    return Math.min(1, startProgress + trained);
  }

  /** Progress of the newest rolling checkpoint. */
  double checkpointAt(long nowMillis) {
    double steps = job.spec.maxSteps();
    double kept = Math.floor(progressAt(nowMillis) * steps / Timing.CHECKPOINT_STEPS);
    return Math.max(startProgress, kept * Timing.CHECKPOINT_STEPS / steps);
  }
}
