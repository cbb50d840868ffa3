package dev.morphene.trials.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.protocol.memory.ByteSize;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class LowerBoundTest {
  private static PackingProgram.Size size(double gb, int sideBySide) {
    return new PackingProgram.Size(ByteSize.ofGb(gb), sideBySide);
  }

  @Test
  void threeSmallOnesShareAGpu() {
    PackingProgram program =
        new PackingProgram(List.of(size(10, 3)), List.of(ByteSize.ofGb(80)), new double[] {2});
    assertThat(program.leastTime(new double[] {60})).isCloseTo(10, within(1e-6));
  }

  /** Beside a job of 50 GB nothing fits on 80 GB that needs 40, so both take their own time. */
  @Test
  void whatDoesNotFitTogetherWaits() {
    PackingProgram program =
        new PackingProgram(
            List.of(size(40, 2), size(50, 1)), List.of(ByteSize.ofGb(80)), new double[] {1});
    assertThat(program.leastTime(new double[] {10, 10})).isCloseTo(15, within(1e-6));
  }

  /** The small GPU holds only the small job: 30 hours of large work for the large GPU alone. */
  @Test
  void largeJobsNeedLargeGpus() {
    PackingProgram program =
        new PackingProgram(
            List.of(size(10, 3), size(50, 1)),
            List.of(ByteSize.ofGb(24), ByteSize.ofGb(80)),
            new double[] {1, 1});
    assertThat(program.leastTime(new double[] {10, 30})).isCloseTo(30, within(1e-6));
    assertThat(program.leastTime(new double[] {60, 30})).isCloseTo(30, within(1e-6));
    assertThat(program.leastTime(new double[] {90, 30})).isGreaterThan(30);
  }

  /** Never below either area, never above what a plain schedule of one after the other takes. */
  @Property(tries = 100)
  void liesBetweenTheAreasAndOneAfterTheOther(
      @ForAll @DoubleRange(max = 100) double small, @ForAll @DoubleRange(max = 100) double large) {
    PackingProgram program =
        new PackingProgram(
            List.of(size(15, 3), size(32, 2)),
            List.of(ByteSize.ofGb(48), ByteSize.ofGb(80)),
            new double[] {1, 2});
    double least = program.leastTime(new double[] {small, large});
    assertThat(least).isGreaterThanOrEqualTo((small / 3 + large / 2) / 3 - 1e-6);
    assertThat(least).isGreaterThanOrEqualTo((small * 15 + large * 32) / 208 - 1e-6);
    assertThat(least).isLessThanOrEqualTo(small + large + 1e-6);
  }
}
