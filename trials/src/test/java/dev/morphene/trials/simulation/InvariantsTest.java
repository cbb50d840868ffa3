package dev.morphene.trials.simulation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.placement.JobNeed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Each invariant fails on a policy that is broken on purpose. */
class InvariantsTest {
  private static final ByteSize LARGEST = ByteSize.ofGb(79.1);

  /** Nodes fail every few hours, so that everything happens. */
  private final Simulation stormy =
      new Simulation(10, 300, WorkloadMix.WIDE, 7, Duration.ofHours(6), 0.3, 1, 0.2);

  private ThrowingCallable running(Policy policy, Invariant invariant) {
    return () -> stormy.run(same -> policy, List.of(invariant));
  }

  @Test
  void twoLeasesWhenNobodyWaitsForTheLease() {
    Policy hasty =
        new ProductionPolicy(LARGEST, 1) {
          @Override
          public long graceMillis() {
            return -Timing.LEASE_MILLIS;
          }
        };
    assertThatThrownBy(running(hasty, new NoTwoLeases()))
        .isInstanceOf(InvariantBroken.class)
        .hasMessageContaining("NoTwoLeases");
  }

  @Test
  void twoLeasesAndEqualAttemptsWithoutFencing() {
    class Unfenced extends ProductionPolicy {
      Unfenced() {
        super(LARGEST, 1);
      }

      @Override
      public boolean fences() {
        return false;
      }
    }
    // Nodes last, so that nothing but second deliveries happens.
    Simulation calm =
        new Simulation(10, 300, WorkloadMix.WIDE, 7, Duration.ofHours(6), 3_000, 15, 0.2);
    assertThatThrownBy(() -> calm.run(same -> new Unfenced(), List.of(new AttemptsGrow())))
        .isInstanceOf(InvariantBroken.class)
        .hasMessageContaining("AttemptsGrow");
    assertThatThrownBy(() -> calm.run(same -> new Unfenced(), List.of(new LedgerAddsUp())))
        .isInstanceOf(InvariantBroken.class)
        .hasMessageContaining("LedgerAddsUp");
  }

  @Test
  void memoryWithoutARule() {
    Policy greedy =
        new ProductionPolicy(LARGEST, 1) {
          @Override
          public Optional<SimulatedGpu> place(SimulatedNode node, JobNeed need) {
            return node.gpus.stream().filter(gpu -> gpu.tenants.size() < 3).findFirst();
          }
        };
    assertThatThrownBy(running(greedy, new WithinBudget()))
        .isInstanceOf(InvariantBroken.class)
        .hasMessageContaining("WithinBudget");
    assertThatThrownBy(running(greedy, new WithinParallelism()))
        .isInstanceOf(InvariantBroken.class)
        .hasMessageContaining("WithinParallelism");
  }

  @Test
  void largeJobsStarveWithoutReservations() {
    Policy unreserved =
        new ProductionPolicy(LARGEST, 1) {
          @Override
          public boolean reserves() {
            return false;
          }
        };
    Simulation crowded =
        new Simulation(4, 1_500, WorkloadMix.WIDE, 7, Duration.ofHours(6), 30, 15, 0);
    Invariant invariant = LargeJobsStart.within(crowded);
    crowded.run(Simulation::production, List.of(invariant));
    assertThatThrownBy(() -> crowded.run(same -> unreserved, List.of(invariant)))
        .isInstanceOf(InvariantBroken.class)
        .hasMessageContaining("LargeJobsStart");
  }

  @Test
  void jobsThatAreForgotten() {
    Simulation plain = new Simulation(2, 20, WorkloadMix.GUIDE, 7, Duration.ofHours(1), 30, 15, 0);
    Policy blind =
        new ProductionPolicy(LARGEST, 1) {
          @Override
          public Optional<SimulatedGpu> place(SimulatedNode node, JobNeed need) {
            return Optional.empty();
          }

          @Override
          public boolean reserves() {
            return false;
          }
        };
    assertThatThrownBy(() -> plain.run(same -> blind, List.of(new EveryJobEnds())))
        .isInstanceOf(InvariantBroken.class)
        .hasMessageContaining("EveryJobEnds");
  }
}
