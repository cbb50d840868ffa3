package dev.morphene.coordinator.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.coordinator.memory.OutOfMemoryLadder.FewerNeighbours;
import dev.morphene.coordinator.memory.OutOfMemoryLadder.SmallerBatch;
import dev.morphene.coordinator.memory.OutOfMemoryLadder.SmallerConfig;
import dev.morphene.coordinator.memory.OutOfMemoryLadder.Step;
import dev.morphene.protocol.spec.TrainSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OutOfMemoryLadderTest {
  private static TrainSpec spec(String config, int batch, boolean allowSmaller) {
    return TrainSpec.draft("traffijuno", config, "/data/dataset", "/data/run")
        .maxSteps(1_000)
        .batch(batch)
        .allowSmallerConfig(allowSmaller)
        .build();
  }

  @Provide
  Arbitrary<String> configs() {
    return Arbitraries.of("v2", "v2_small", "v3", "tiny");
  }

  /** Every attempt runs out of memory beside as many neighbours as there may be. */
  private static List<Step> down(TrainSpec spec) {
    List<Step> steps = new ArrayList<>();
    int sideBySide = 3;
    TrainSpec now = spec;
    Optional<Step> next = OutOfMemoryLadder.next(now, sideBySide, sideBySide);
    while (next.isPresent() && steps.size() < 100) {
      steps.add(next.get());
      if (next.get() instanceof FewerNeighbours fewer) {
        sideBySide = fewer.sideBySide();
      } else if (next.get() instanceof SmallerBatch smaller) {
        now = smaller.spec();
      } else if (next.get() instanceof SmallerConfig smaller) {
        now = smaller.spec();
      }
      next = OutOfMemoryLadder.next(now, sideBySide, sideBySide);
    }
    return steps;
  }

  @Property
  void isShortAndInTheGuidesOrder(
      @ForAll("configs") String config,
      @ForAll @IntRange(min = 1, max = 64) int batch,
      @ForAll boolean allowSmaller) {
    List<Step> steps = down(spec(config, batch, allowSmaller));
    assertThat(steps).hasSizeLessThanOrEqualTo(4);
    List<Integer> ranks = steps.stream().map(OutOfMemoryLadderTest::rank).toList();
    assertThat(ranks).isSorted();
    assertThat(ranks.contains(1)).isEqualTo(batch > 4);
    assertThat(ranks.contains(2))
        .isEqualTo(allowSmaller && (config.equals("v2") || config.equals("v3")));
    assertThat(steps).allSatisfy(step -> assertThat(step.words()).endsWith("."));
  }

  private static int rank(Step step) {
    if (step instanceof FewerNeighbours) {
      return 0;
    }
    return step instanceof SmallerBatch ? 1 : 2;
  }

  @Test
  void aJobThatWasAloneIsNotPromisedFewerNeighbours() {
    assertThat(OutOfMemoryLadder.next(spec("v2", 8, true), 3, 1).orElseThrow())
        .isInstanceOf(SmallerBatch.class);
  }

  @Test
  void theSmallerModelBeginsInAFolderOfItsOwn() {
    Step step = OutOfMemoryLadder.next(spec("v3", 4, true), 1, 1).orElseThrow();
    TrainSpec smaller = ((SmallerConfig) step).spec();
    assertThat(smaller.config()).isEqualTo("v2_small");
    assertThat(smaller.runFolder()).isEqualTo("/data/run/v2_small");
    assertThat(smaller.recipe().batch()).isEqualTo(4);
  }
}
