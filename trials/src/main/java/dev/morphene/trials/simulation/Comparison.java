package dev.morphene.trials.simulation;

import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The same farm and workload under each policy, beside the lower bound.
 *
 * @param ours after the run of the production code, with all invariants watched
 * @param coreMillis that it took, of one core
 */
record Comparison(
    Simulation simulation,
    World ours,
    World oneJobPerGpu,
    World fixedShare,
    LowerBound bound,
    long coreMillis) {
  private static final long MINUTE_MILLIS = 60_000;

  static Comparison run(Simulation simulation, LongSupplier coreNanos) {
    long from = coreNanos.getAsLong();
    World ours = simulation.run(Simulation::production, invariants(simulation));
    long coreMillis = (coreNanos.getAsLong() - from) / 1_000_000;
    return new Comparison(
        simulation,
        ours,
        simulation.run(same -> Baseline.oneJobPerGpu(), List.of()),
        simulation.run(same -> Baseline.fixedShare(), List.of()),
        LowerBound.of(ours.jobs.values(), ours.nodes),
        coreMillis);
  }

  /** All of them, for this workload. */
  static List<Invariant> invariants(Simulation simulation) {
    return List.of(
        new NoTwoLeases(),
        new WithinBudget(),
        new WithinParallelism(),
        new AttemptsGrow(),
        new LedgerAddsUp(),
        new EveryJobEnds(),
        LargeJobsStart.within(simulation));
  }

  private static double makespan(World world) {
    return world.tally.get("makespan ms");
  }

  /** The part of (a)'s time that is saved, 0 to 1. */
  double shorterThanOneJobPerGpu() {
    return 1 - makespan(ours) / makespan(oneJobPerGpu);
  }

  /** The part of (b)'s time that is saved; negative when (b) is the quicker. */
  double shorterThanFixedShare() {
    return 1 - makespan(ours) / makespan(fixedShare);
  }

  /** By what part it is longer than the lower bound. */
  double aboveBound() {
    return makespan(ours) / bound.millis() - 1;
  }

  String table() {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%,d nodes x %d GPUs, %,d jobs, %s mix, seed %d; durations depend neither on the neighbours"
            + " nor on the GPU",
        simulation.nodes(),
        Simulation.GPUS_PER_NODE,
        simulation.jobs(),
        simulation.mix().name().toLowerCase(Locale.ROOT),
        simulation.seed());
    line(text, "%-42s %12s %10s", "", "makespan", "to (c)");
    row(text, "ours, production code", makespan(ours));
    row(text, oneJobPerGpu.policy.name(), makespan(oneJobPerGpu));
    row(text, fixedShare.policy.name(), makespan(fixedShare));
    row(text, "(c) lower bound, the largest of", bound.millis());
    row(text, "    memory-time area", bound.memoryMillis());
    row(text, "    area with the class rule", bound.slotMillis());
    row(text, "    best packing of each GPU model", bound.packingMillis());
    row(text, "    longest job from its arrival", bound.longestMillis());
    line(
        text,
        "ours is %.1f %% shorter than (a), %.1f %% shorter than (b), %.1f %% above (c)",
        100 * shorterThanOneJobPerGpu(),
        100 * shorterThanFixedShare(),
        100 * aboveBound());
    line(
        text,
        "ours simulated in %.1f s of one core, %s a minute, %,d events; %s",
        coreMillis / 1000.0,
        coreMillis < MINUTE_MILLIS ? "under" : "NOT under",
        ours.clock.done(),
        ours.tally);
    return text.toString();
  }

  private void row(StringBuilder text, String name, double millis) {
    line(text, "%-42s %12s %10.2f", name, Words.hours(millis), millis / bound.millis());
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
