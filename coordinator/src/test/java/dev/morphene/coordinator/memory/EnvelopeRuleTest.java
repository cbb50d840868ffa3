package dev.morphene.coordinator.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.memory.ByteSize;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class EnvelopeRuleTest {
  private static final ByteSize GUIDE = ByteSize.ofGb(16);
  private final EnvelopeRule rule = EnvelopeRule.usual();

  @Provide
  Arbitrary<ByteSize> peaks() {
    return Arbitraries.doubles().between(10, 20).ofScale(2).map(ByteSize::ofGb);
  }

  @Property
  void theGuideIsTheLeastUntilThreeRunsAreKnown(
      @ForAll @Size(max = 2) List<@From("peaks") ByteSize> peaks) {
    assertThat(rule.ofPhase(peaks, GUIDE)).isGreaterThanOrEqualTo(GUIDE);
  }

  @Property
  void afterThreeRunsTheMeasurementsCount(
      @ForAll @Size(min = 3, max = 90) List<@From("peaks") ByteSize> peaks) {
    ByteSize envelope = rule.ofPhase(peaks, ByteSize.ofGb(70));
    ByteSize most = Collections.max(peaks);
    assertThat(envelope).isBetween(most, new ByteSize(Math.round(most.bytes() * 1.05) + 1));
  }

  @Property
  void moreRunsOfTheSameNeedLessMargin(
      @ForAll @IntRange(min = 3, max = 200) int few, @ForAll @IntRange(max = 200) int more) {
    ByteSize peak = ByteSize.ofGb(15);
    assertThat(rule.ofPhase(Collections.nCopies(few + more, peak), GUIDE))
        .isBetween(peak, rule.ofPhase(Collections.nCopies(few, peak), GUIDE));
  }

  @Property
  void theOrderOfTheRunsDoesNotMatter(@ForAll @Size(max = 20) List<@From("peaks") ByteSize> peaks) {
    List<ByteSize> backwards = new ArrayList<>(peaks);
    Collections.reverse(backwards);
    assertThat(rule.ofPhase(backwards, GUIDE)).isEqualTo(rule.ofPhase(peaks, GUIDE));
  }

  @Property
  void oneBadSampleDoesNotPoisonTheRecipe(
      @ForAll @Size(min = 3, max = 50) List<@From("peaks") ByteSize> peaks,
      @ForAll @IntRange(min = 61, max = 1_000) int badGb) {
    List<ByteSize> poisoned = new ArrayList<>(peaks);
    poisoned.add(ByteSize.ofGb(badGb));
    assertThat(rule.ofPhase(poisoned, GUIDE)).isEqualTo(rule.ofPhase(peaks, GUIDE));
  }

  @Test
  void aJobNeedsItsHungriestPhaseAndNoLessThanWhatRanOut() {
    List<ByteSize> phases = List.of(ByteSize.ofGb(8), ByteSize.ofGb(15));
    assertThat(rule.ofJob(phases, Optional.empty())).isEqualTo(ByteSize.ofGb(15));
    assertThat(rule.ofJob(phases, Optional.of(ByteSize.ofGb(12)))).isEqualTo(ByteSize.ofGb(15));
    assertThat(rule.ofJob(phases, Optional.of(ByteSize.ofGb(20)))).isEqualTo(ByteSize.ofGb(20));
  }

  @Property
  void thePromiseGrowsUpToTheLargestGpu(
      @ForAll("peaks") ByteSize promised, @ForAll("peaks") ByteSize observed) {
    ByteSize largest = ByteSize.ofGb(22);
    ByteSize grown = rule.grown(promised, observed, largest);
    assertThat(grown).isGreaterThan(promised).isGreaterThan(observed);
    assertThat(grown).isLessThanOrEqualTo(largest);
  }
}
