package dev.morphene.trials.simulation;

import dev.morphene.protocol.job.ErrorClass;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What happens to nodes: they die and come back, lose the broker, are drained, and strangers take
 * memory of their GPUs. Each node draws from a fate of its own.
 *
 * @param nodeDays mean days between two outages of a node
 * @param strangerDays mean days between two strangers on a node
 */
final class Faults {
  private static final double MILLIS_PER_DAY = 86_400_000.0;
  private static final long OUTAGE_MILLIS = 1_800_000;
  private static final long PARTITION_MILLIS = 60_000;
  private static final long STRANGER_MILLIS = 2 * 3_600_000;
  private static final double DIES = 0.5;
  private static final double PARTITIONED = 0.3;
  private static final long GB = 1L << 30;

  private final World world;
  private final Cluster cluster;
  private final double nodeDays;
  private final double strangerDays;

  Faults(World world, Cluster cluster, double nodeDays, double strangerDays) {
    this.world = world;
    this.cluster = cluster;
    this.nodeDays = nodeDays;
    this.strangerDays = strangerDays;
  }

  void begin() {
    for (SimulatedNode node : world.nodes) {
      // Two streams, so that the one does not depend on how often the other was asked.
      SplittableRandom outages = node.fate.split();
      SplittableRandom strangers = node.fate.split();
      nextOutage(node, outages);
      nextStranger(node, strangers);
    }
  }

  private void nextOutage(SimulatedNode node, SplittableRandom fate) {
    world.clock.after(exponential(fate, nodeDays * MILLIS_PER_DAY), () -> outage(node, fate));
  }

  private void outage(SimulatedNode node, SplittableRandom fate) {
    if (world.isOver()) {
      return;
    }
    double kind = fate.nextDouble();
    long length =
        exponential(
            fate, kind < DIES || kind >= DIES + PARTITIONED ? OUTAGE_MILLIS : PARTITION_MILLIS);
    node.setTaking(false);
    if (kind < DIES) {
      world.count("nodes died");
      die(node);
    } else if (kind < DIES + PARTITIONED) {
      world.count("nodes cut off");
      cutOff(node, length);
    } else {
      world.count("nodes drained");
      drain(node);
    }
    world.clock.after(length, () -> comeBack(node, fate));
  }

  private void comeBack(SimulatedNode node, SplittableRandom fate) {
    node.setTaking(true);
    cluster.wake(node);
    nextOutage(node, fate);
  }

  private void die(SimulatedNode node) {
    long now = world.clock.nowMillis();
    List<SimulatedAttempt> attempts = running(node);
    for (SimulatedAttempt attempt : attempts) {
      attempt.job.progress = attempt.checkpointAt(now);
      cluster.trainers().stop(attempt);
    }
    reapAfter(node, attempts);
  }

  /** It cannot renew: it kills its trainers before the lease is over. */
  private void cutOff(SimulatedNode node, long length) {
    long now = world.clock.nowMillis();
    long killAt = node.lastBeatMillis(now) + Timing.LEASE_MILLIS - Timing.LEASE_MARGIN_MILLIS;
    if (now + length + Timing.HEARTBEAT_MILLIS < killAt) {
      return;
    }
    List<SimulatedAttempt> attempts = running(node);
    world.clock.at(
        killAt,
        () -> {
          for (SimulatedAttempt attempt : attempts) {
            if (attempt.alive) {
              attempt.job.progress = attempt.checkpointAt(world.clock.nowMillis());
              cluster.trainers().stop(attempt);
            }
          }
        });
    reapAfter(node, attempts);
  }

  private void reapAfter(SimulatedNode node, List<SimulatedAttempt> attempts) {
    long now = world.clock.nowMillis();
    long lapsed = node.lastBeatMillis(now) + Timing.LEASE_MILLIS + world.policy.graceMillis();
    long reaped = (lapsed / Timing.REAP_MILLIS + 1) * Timing.REAP_MILLIS;
    world.clock.at(
        reaped,
        () -> {
          for (SimulatedAttempt attempt : attempts) {
            if (attempt.leased) {
              world.most("slowest detection of a lost node, ms", reaped - now);
              cluster.lost(attempt, ErrorClass.HOST_LOST);
            }
          }
        });
  }

  /** Checkpoints are written and jobs given back. */
  private void drain(SimulatedNode node) {
    for (SimulatedAttempt attempt : running(node)) {
      attempt.job.progress = attempt.progressAt(world.clock.nowMillis());
      cluster.trainers().stop(attempt);
      cluster.lost(attempt, ErrorClass.DRAINED);
    }
  }

  private static List<SimulatedAttempt> running(SimulatedNode node) {
    List<SimulatedAttempt> attempts = new ArrayList<>();
    node.gpus.forEach(gpu -> attempts.addAll(gpu.tenants));
    return attempts;
  }

  private void nextStranger(SimulatedNode node, SplittableRandom fate) {
    world.clock.after(
        exponential(fate, strangerDays * MILLIS_PER_DAY), () -> strangerComes(node, fate));
  }

  private void strangerComes(SimulatedNode node, SplittableRandom fate) {
    if (world.isOver()) {
      return;
    }
    SimulatedGpu gpu = node.gpus.get(fate.nextInt(node.gpus.size()));
    long wanted = fate.nextLong(2 * GB, 30 * GB);
    long length = exponential(fate, STRANGER_MILLIS);
    long taken = Math.min(wanted, Math.max(0, gpu.freeBytes()));
    world.count("strangers");
    gpu.strangersTake(taken);
    world.clock.after(
        length,
        () -> {
          gpu.strangersTake(-taken);
          cluster.wake(node);
        });
    nextStranger(node, fate);
  }

  private static long exponential(SplittableRandom fate, double meanMillis) {
    return Math.max(1, Math.round(-meanMillis * Math.log(1 - fate.nextDouble())));
  }
}
