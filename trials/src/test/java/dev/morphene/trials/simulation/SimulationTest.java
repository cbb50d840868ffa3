package dev.morphene.trials.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimulationTest {
  /** Nodes are out every few hours: all invariants hold. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
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

  /** Little to wait for: what ours may gain over (a) is limited by the longest job. */
  @Test
  void aFarmWithRoomComesCloseToTheLongestJob() {
    Comparison comparison = compare(Simulation.of(100, 2_000, WorkloadMix.GUIDE, 1));
    assertThat(comparison.aboveBound()).isBetween(0.0, 0.05);
    assertThat(comparison.shorterThanOneJobPerGpu()).isGreaterThan(0.25);
    assertThat(comparison.shorterThanFixedShare()).isPositive();
  }

  /** Ten nodes have a longer tail than hundreds, and fewer of the GPUs that suit a size. */
  @ParameterizedTest
  @CsvSource({"GUIDE, 0.50, 0.25", "WIDE, 0.35, 0.20"})
  void aSmallLoadedFarmBeatsBothBaselines(WorkloadMix mix, double shorter, double above) {
    Comparison comparison = compare(Simulation.of(10, 2_000, mix, 1));
    assertThat(comparison.shorterThanOneJobPerGpu()).isGreaterThan(shorter);
    assertThat(comparison.shorterThanFixedShare()).isGreaterThan(0.2);
    assertThat(comparison.aboveBound()).isBetween(0.0, above);
  }

  private static Comparison compare(Simulation simulation) {
    Comparison comparison = Comparison.run(simulation, () -> 0);
    System.out.println(comparison.table());
    return comparison;
  }
}
