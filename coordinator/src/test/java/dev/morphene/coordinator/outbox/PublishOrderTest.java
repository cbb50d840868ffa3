package dev.morphene.coordinator.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.coordinator.outbox.PublishOrder.Candidate;
import dev.morphene.protocol.job.BatchId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PublishOrderTest {
  private static final Instant NOW = Instant.EPOCH.plus(Duration.ofDays(1));
  private final PublishOrder order = PublishOrder.usual();

  private static BatchId batch(int number) {
    return new BatchId(new UUID(0, number));
  }

  @Provide
  Arbitrary<List<Candidate>> candidates() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 4),
            Arbitraries.integers().between(-2, 3),
            Arbitraries.integers().between(0, 600))
        .as((batch, priority, minutes) -> new int[] {batch, priority, minutes})
        .list()
        .ofMaxSize(30)
        .map(
            drawn -> {
              List<Candidate> candidates = new ArrayList<>();
              for (int[] one : drawn) {
                candidates.add(
                    new Candidate(
                        candidates.size() + 1,
                        batch(one[0]),
                        one[1],
                        NOW.minus(Duration.ofMinutes(one[2]))));
              }
              return candidates;
            });
  }

  private static long effective(Candidate candidate) {
    return candidate.priority() + Duration.between(candidate.since(), NOW).toHours();
  }

  @Property
  void theOrderOfTheInputDoesNotMatter(
      @ForAll("candidates") List<Candidate> candidates, @ForAll long seed) {
    List<Candidate> shuffled = new ArrayList<>(candidates);
    Collections.shuffle(shuffled, new Random(seed));
    assertThat(order.choose(shuffled, Map.of(), 100, NOW))
        .isEqualTo(order.choose(candidates, Map.of(), 100, NOW));
  }

  @Property
  void lessRoomGivesTheBeginningOfTheSameOrder(
      @ForAll("candidates") List<Candidate> candidates, @ForAll @IntRange(max = 30) int room) {
    List<Candidate> all = order.choose(candidates, Map.of(), 100, NOW);
    assertThat(all).containsExactlyInAnyOrderElementsOf(candidates);
    assertThat(order.choose(candidates, Map.of(), room, NOW))
        .isEqualTo(all.subList(0, Math.min(room, all.size())));
  }

  @Property
  void higherPriorityGoesFirst(@ForAll("candidates") List<Candidate> candidates) {
    List<Long> priorities =
        order.choose(candidates, Map.of(), 100, NOW).stream()
            .map(PublishOrderTest::effective)
            .toList();
    assertThat(priorities).isSortedAccordingTo(Collections.reverseOrder());
  }

  @Property
  void batchesOfEqualPriorityTakeTurns(
      @ForAll @IntRange(min = 1, max = 40) int ofOne,
      @ForAll @IntRange(min = 1, max = 40) int ofOther,
      @ForAll @IntRange(min = 1, max = 80) int room) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < ofOne + ofOther; i++) {
      candidates.add(new Candidate(i, batch(i < ofOne ? 1 : 2), 0, NOW));
    }
    Map<BatchId, Integer> chosen = new HashMap<>();
    order
        .choose(candidates, Map.of(), room, NOW)
        .forEach(one -> chosen.merge(one.batch(), 1, Integer::sum));
    int one = chosen.getOrDefault(batch(1), 0);
    int other = chosen.getOrDefault(batch(2), 0);
    assertThat(Math.abs(one - other) <= 1 || one == ofOne || other == ofOther).isTrue();
  }

  @Test
  void theBatchWithLessUnderWayGoesFirst() {
    Candidate older = new Candidate(1, batch(1), 0, NOW);
    Candidate newer = new Candidate(2, batch(2), 0, NOW);
    assertThat(order.choose(List.of(older, newer), Map.of(batch(1), 1), 1, NOW))
        .containsExactly(newer);
  }

  @Property
  void nothingWaitsForEver(@ForAll @IntRange(min = 0, max = 1_000) int disadvantage) {
    Candidate old = new Candidate(2, batch(1), 0, NOW.minus(Duration.ofHours(disadvantage + 1L)));
    Candidate urgent = new Candidate(1, batch(2), disadvantage, NOW);
    assertThat(order.choose(List.of(urgent, old), Map.of(), 1, NOW)).containsExactly(old);
  }
}
