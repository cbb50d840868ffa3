package dev.morphene.trials.simulation;

import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.placement.JobNeed;
import java.util.Optional;

/**
 * A simpler scheduler on the same farm, described charitably: it knows what jobs really take, so
 * that none of its jobs runs out of memory, and loses no job.
 *
 * @param jobsAtMost per GPU
 * @param shareGb budgeted for every job whatever it takes; 0 for none. One job may always run
 *     alone, even on a smaller GPU
 * @param pollMillis how often a node looks for work; 0 when it is told
 */
record Baseline(String name, int jobsAtMost, double shareGb, long pollMillis) implements Policy {
  private static final long PAUSE_MILLIS = 30_000;

  static Baseline oneJobPerGpu() {
    return new Baseline("(a) one job per GPU", 1, 0, 0);
  }

  static Baseline fixedShare() {
    return new Baseline("(b) fixed 32 GB, at most 3, 30 s poll", 3, 32, 30_000);
  }

  @Override
  public JobNeed need(SimulatedJob job) {
    return JobNeed.of(job.recipe().most());
  }

  @Override
  public Optional<SimulatedGpu> place(SimulatedNode node, JobNeed need) {
    return node.gpus.stream().filter(gpu -> takes(gpu, need)).findFirst();
  }

  private boolean takes(SimulatedGpu gpu, JobNeed need) {
    int together = gpu.tenants.size() + 1;
    boolean budgeted = together == 1 || together * shareGb <= gpu.total.gb();
    long promised = need.memory().bytes();
    for (SimulatedAttempt tenant : gpu.tenants) {
      promised += tenant.promised.memory().bytes();
    }
    return together <= jobsAtMost
        && budgeted
        && promised <= gpu.total.bytes() - gpu.strangersBytes();
  }

  @Override
  public long pauseMillis(SimulatedJob job, ErrorClass errorClass) {
    return errorClass.isWorthRetry() ? PAUSE_MILLIS : -1;
  }
}
