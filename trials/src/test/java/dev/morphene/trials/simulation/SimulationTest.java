package dev.morphene.trials.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimulationTest {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Nodes are out every few hours: all invariants hold. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void aStormySmallFarmKeepsItsInvariants(long seed) {
    Simulation stormy =
        new Simulation(10, 400, WorkloadMix.WIDE, seed, Duration.ofHours(6), 0.5, 1, 0.2);
    World world = stormy.run(Simulation::production, Comparison.invariants(stormy));
    assertThat(world.tally.get("nodes died")).isPositive();
    assertThat(world.tally.get("second deliveries refused")).isPositive();
    assertThat(world.tally.get("slowest detection of a lost node, ms")).isLessThan(30_000);
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    Simulation simulation = Simulation.of(5, 200, WorkloadMix.WIDE, 3);
    World one = simulation.run(Simulation::production, Comparison.invariants(simulation));
    World other = simulation.run(Simulation::production, Comparison.invariants(simulation));
    assertThat(one.tally).isEqualTo(other.tally);
    assertThat(one.clock.done()).isEqualTo(other.clock.done());
  }

  /** The size. What ours may gain over (a) is limited there by the longest job. */
  @Test
  void aThousandNodes() {
    Comparison comparison =
        Comparison.run(
            Simulation.of(1_000, 20_000, WorkloadMix.GUIDE, 1), THREADS::getCurrentThreadCpuTime);
    System.out.println(comparison.table());
    assertThat(comparison.coreMillis()).isLessThan(60_000);
    assertThat(comparison.aboveBound()).isBetween(0.0, 0.15);
  }

  @ParameterizedTest
  @EnumSource(WorkloadMix.class)
  void aLoadedFarmBeatsBothBaselines(WorkloadMix mix) {
    Comparison comparison =
        Comparison.run(Simulation.of(25, 2_500, mix, 1), THREADS::getCurrentThreadCpuTime);
    System.out.println(comparison.table());
    assertThat(comparison.aboveBound()).isPositive();
    assertThat(comparison.shorterThanOneJobPerGpu()).isPositive();
  }
}
