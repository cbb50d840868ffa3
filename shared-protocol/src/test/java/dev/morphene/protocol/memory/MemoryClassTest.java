package dev.morphene.protocol.memory;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryClassTest {
  @ParameterizedTest
  @CsvSource({"0,3", "29.99,3", "30,2", "40,2", "40.01,1", "80,1"})
  void followsTheGuide(double peakGb, int jobsSideBySide) {
    assertThat(MemoryClass.of(ByteSize.ofGb(peakGb)).jobsSideBySide()).isEqualTo(jobsSideBySide);
  }

  @Property
  void moreMemoryNeverMeansMoreNeighbours(
      @ForAll @LongRange(max = 1L << 40) long one, @ForAll @LongRange(max = 1L << 40) long other) {
    MemoryClass smaller = MemoryClass.of(new ByteSize(Math.min(one, other)));
    MemoryClass larger = MemoryClass.of(new ByteSize(Math.max(one, other)));
    assertThat(larger.jobsSideBySide()).isLessThanOrEqualTo(smaller.jobsSideBySide());
  }
}
