package dev.morphene.trials.simulation;

import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.placement.JobNeed;
import java.util.Optional;

/** The child processes on the nodes: what they take, how far they come, how they end. */
final class Trainers {
  private final World world;
  private final Cluster cluster;

  Trainers(World world, Cluster cluster) {
    this.world = world;
    this.cluster = cluster;
  }

  void start(SimulatedJob job, SimulatedGpu gpu, JobNeed need) {
    SimulatedAttempt attempt = new SimulatedAttempt(job, gpu, need, world.clock.nowMillis());
    gpu.tenants.add(attempt);
    world.alive(job.id()).add(attempt);
    world.ledger.merge(gpu.id, need.memory().bytes(), Long::sum);
    job.running = Optional.of(attempt);
    gpu.changed();
    world.count("attempts");
    world.most("longest wait from publishing to claim, ms", waited(job));
    world.invariants.forEach(invariant -> invariant.started(attempt, world));
    whenAlive(attempt, attempt.trainingFromMillis(), () -> loaded(attempt));
  }

  private long waited(SimulatedJob job) {
    return world.clock.nowMillis() - job.publishedAtMillis;
  }

  private void whenAlive(SimulatedAttempt attempt, long atMillis, Runnable action) {
    world.clock.at(
        atMillis,
        () -> {
          if (attempt.alive) {
            action.run();
          }
        });
  }

  private void loaded(SimulatedAttempt attempt) {
    int phase = attempt.startProgress < TrueRecipe.PHASE_ONE_SHARE ? 1 : 2;
    if (grow(attempt, attempt.job.peakBytes(phase))) {
      if (phase == 1) {
        goOn(attempt, TrueRecipe.PHASE_ONE_SHARE, () -> phaseTwo(attempt));
      } else {
        goOn(attempt, 1, () -> complete(attempt));
      }
    }
  }

  private void phaseTwo(SimulatedAttempt attempt) {
    if (grow(attempt, attempt.job.peakBytes(2))) {
      goOn(attempt, 1, () -> complete(attempt));
    }
  }

  /** Trains up to that progress unless fate has something in store before. */
  private void goOn(SimulatedAttempt attempt, double progress, Runnable then) {
    SimulatedJob job = attempt.job;
    double crash =
        job.crashes < job.plan.crashes().size() ? job.plan.crashes().get(job.crashes) : 2;
    double fault = job.plan.fault().orElse(2);
    if (fault < progress && fault <= crash) {
      whenAlive(attempt, attempt.reachesMillis(fault), () -> fail(attempt));
    } else if (crash < progress) {
      whenAlive(attempt, attempt.reachesMillis(crash), () -> crash(attempt));
    } else {
      whenAlive(attempt, attempt.reachesMillis(progress), then);
    }
  }

  /** Takes memory; the one that grows is the one that fails, never its neighbours. */
  private boolean grow(SimulatedAttempt attempt, long toBytes) {
    long more = toBytes - attempt.heldBytes;
    if (more > attempt.gpu.freeBytes()) {
      attempt.mostBytes = attempt.heldBytes + Math.max(0, attempt.gpu.freeBytes());
      int together = attempt.gpu.tenants.size();
      world.count("out of memory");
      attempt.job.progress = attempt.checkpointAt(world.clock.nowMillis());
      boolean mended = world.policy.ranOut(attempt, together);
      if (mended) {
        world.count("steps down the out-of-memory ladder");
      }
      stop(attempt);
      cluster.failed(attempt, ErrorClass.OUT_OF_MEMORY, mended);
      cluster.wake(attempt.gpu.node);
      return false;
    }
    attempt.heldBytes = toBytes;
    attempt.mostBytes = toBytes;
    attempt.gpu.changed();
    // Promised and taken are one now, and a run that takes less than it was promised frees the
    // rest.
    cluster.wake(attempt.gpu.node);
    return true;
  }

  private void complete(SimulatedAttempt attempt) {
    SimulatedJob job = attempt.job;
    job.progress = 1;
    stop(attempt);
    world.policy.learn(job, 1, job.peakBytes(1));
    world.policy.learn(job, 2, job.peakBytes(2));
    cluster.completed(attempt);
    cluster.wake(attempt.gpu.node);
  }

  private void fail(SimulatedAttempt attempt) {
    stop(attempt);
    cluster.failed(attempt, ErrorClass.CALLERS_FAULT, false);
    cluster.wake(attempt.gpu.node);
  }

  private void crash(SimulatedAttempt attempt) {
    attempt.job.crashes++;
    attempt.job.progress = attempt.checkpointAt(world.clock.nowMillis());
    world.count("trainer crashes");
    stop(attempt);
    cluster.failed(attempt, ErrorClass.TRAINER_CRASH, false);
    cluster.wake(attempt.gpu.node);
  }

  /** The process is gone and its memory is free, whatever the coordinator knows. */
  void stop(SimulatedAttempt attempt) {
    attempt.alive = false;
    attempt.gpu.tenants.remove(attempt);
    world.alive(attempt.job.id()).remove(attempt);
    attempt.gpu.changed();
  }
}
