package dev.morphene.protocol.memory;

import static dev.morphene.protocol.memory.MemoryClass.FROM_30_TO_40_GB;
import static dev.morphene.protocol.memory.MemoryClass.OVER_40_GB;
import static dev.morphene.protocol.memory.MemoryClass.UNDER_30_GB;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryClassTest {
  @ParameterizedTest
  @CsvSource({"0,3", "29.99,3", "30,2", "40,2", "40.01,1", "80,1"})
  void followsTheGuide(double peakGb, int jobsSideBySide) {
    assertThat(MemoryClass.of(ByteSize.ofGb(peakGb)).jobsSideBySide()).isEqualTo(jobsSideBySide);
  }

  @Test
  void theLargestJobDecidesHowManyShareAGpu() {
    assertThat(MemoryClass.allowsTogether(List.of(UNDER_30_GB, UNDER_30_GB, UNDER_30_GB))).isTrue();
    assertThat(MemoryClass.allowsTogether(List.of(UNDER_30_GB, UNDER_30_GB, FROM_30_TO_40_GB)))
        .isFalse();
    assertThat(MemoryClass.allowsTogether(List.of(UNDER_30_GB, FROM_30_TO_40_GB))).isTrue();
    assertThat(MemoryClass.allowsTogether(List.of(UNDER_30_GB, OVER_40_GB))).isFalse();
    assertThat(MemoryClass.allowsTogether(List.of(OVER_40_GB))).isTrue();
  }

  @Property
  void moreMemoryNeverMeansMoreNeighbours(
      @ForAll @LongRange(max = 1L << 40) long one, @ForAll @LongRange(max = 1L << 40) long other) {
    MemoryClass smaller = MemoryClass.of(new ByteSize(Math.min(one, other)));
    MemoryClass larger = MemoryClass.of(new ByteSize(Math.max(one, other)));
    assertThat(larger.jobsSideBySide()).isLessThanOrEqualTo(smaller.jobsSideBySide());
  }
}
