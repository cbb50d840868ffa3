package dev.morphene.trials.simulation;

/** Periods of the cluster, as they are configured by default. */
final class Timing {
  static final long HEARTBEAT_MILLIS = 3_000;
  static final long LEASE_MILLIS = 20_000;

  /** Before the end of its lease a node that cannot renew kills its trainers. */
  static final long LEASE_MARGIN_MILLIS = 4_000;

  /** Beyond the lease, before a job is given to another node. */
  static final long GRACE_MILLIS = 5_000;

  static final long REAP_MILLIS = 1_000;
  static final long PUBLISH_MILLIS = 1_000;
  static final long RESERVE_MILLIS = 5_000;

  /** A trainer's start, up to its first step. */
  static final long START_MILLIS = 60_000;

  /** Steps between rolling checkpoints: the guide's default. */
  static final long CHECKPOINT_STEPS = 1_000;

  private Timing() {}
}
