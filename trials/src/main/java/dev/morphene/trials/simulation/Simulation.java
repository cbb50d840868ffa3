package dev.morphene.trials.simulation;

import dev.morphene.protocol.memory.ByteSize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * One farm with one workload, to be run under any policy.
 *
 * @param nodes of eight GPUs each
 * @param arrivals over which the later batches come
 * @param nodeDays mean days between two outages of a node
 * @param strangerDays mean days between two strangers on a node
 * @param deliveredTwice part of the messages that come a second time
 */
record Simulation(
    int nodes,
    int jobs,
    WorkloadMix mix,
    long seed,
    Duration arrivals,
    double nodeDays,
    double strangerDays,
    double deliveredTwice) {
  static final int GPUS_PER_NODE = 8;

  /** Memory that jobs can have of GPUs sold with 24, 48 and 80 GB: the driver keeps some. */
  static final List<ByteSize> GPU_MODELS =
      List.of(ByteSize.ofGb(23.5), ByteSize.ofGb(47.4), ByteSize.ofGb(79.1));

  private static final double[] MODEL_SHARES = {0.3, 0.35, 0.35};

  /** Two years: what has not ended by then never will. */
  private static final long LONGEST_MILLIS = 730L * 24 * 3_600_000;

  private static final long SWEEP_MILLIS = 3_600_000;
  private static final int SMALLEST_WINDOW = 6;
  private static final int GPUS_PER_MESSAGE = 64;

  /** The usual farm: a node is out once a month, a stranger comes to a node twice a month. */
  static Simulation of(int nodes, int jobs, WorkloadMix mix, long seed) {
    return new Simulation(nodes, jobs, mix, seed, Duration.ofHours(12), 30, 15, 0.005);
  }

  List<JobPlan> workload() {
    return new WorkloadGenerator(mix, seed).generate(jobs, arrivals);
  }

  /** Fresh nodes, the same every time. */
  List<SimulatedNode> farm() {
    SplittableRandom random = new SplittableRandom(seed + 1);
    List<SimulatedNode> farm = new ArrayList<>();
    for (int i = 1; i <= nodes; i++) {
      farm.add(new SimulatedNode(i, model(random), GPUS_PER_NODE, random.split()));
    }
    // Somebody must be able to hold the largest jobs.
    if (farm.stream().noneMatch(node -> node.gpus.get(0).total.equals(largest()))) {
      farm.set(0, new SimulatedNode(1, largest(), GPUS_PER_NODE, random.split()));
    }
    return farm;
  }

  private static ByteSize largest() {
    return GPU_MODELS.stream().max(Comparator.naturalOrder()).orElseThrow();
  }

  private static ByteSize model(SplittableRandom random) {
    double drawn = random.nextDouble();
    for (int i = 0; i < MODEL_SHARES.length; i++) {
      drawn -= MODEL_SHARES[i];
      if (drawn < 0) {
        return GPU_MODELS.get(i);
      }
    }
    return largest();
  }

  /** How many jobs of a size may be published and unclaimed. */
  int window() {
    return Math.max(SMALLEST_WINDOW, nodes * GPUS_PER_NODE / GPUS_PER_MESSAGE);
  }

  /** Ours. */
  Policy production() {
    return new ProductionPolicy(largest(), seed);
  }

  World run(Function<Simulation, Policy> policy, List<Invariant> invariants) {
    return run(policy.apply(this), workload(), farm(), invariants);
  }

  /** To the end of the last job; throws {@link InvariantBroken}. */
  World run(
      Policy policy, List<JobPlan> workload, List<SimulatedNode> farm, List<Invariant> invariants) {
    World world = new World(farm, policy, invariants);
    Publisher publisher = new Publisher(world, window());
    Cluster cluster = new Cluster(world, publisher, new SplittableRandom(seed + 2), deliveredTwice);
    world.toCome = workload.size();
    for (JobPlan plan : workload) {
      world.clock.at(plan.arrivalMillis(), () -> cluster.accept(plan));
    }
    new Faults(world, cluster, nodeDays, strangerDays).begin();
    if (policy.reserves()) {
      new Reservations(world, publisher, cluster).begin();
    }
    long sweepAt = SWEEP_MILLIS;
    while (!world.isOver() && world.clock.nowMillis() < LONGEST_MILLIS && world.clock.step()) {
      if (world.clock.nowMillis() >= sweepAt) {
        sweepAt = world.clock.nowMillis() + SWEEP_MILLIS;
        invariants.forEach(invariant -> invariant.sweep(world));
      }
    }
    invariants.forEach(invariant -> invariant.atEnd(world));
    return world;
  }
}
