package dev.morphene.gpu.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.gpu.preflight.PreflightResult;
import dev.morphene.gpu.telemetry.GpuReading;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GpuFencesTest {
  private static final GpuUuid GPU = new GpuUuid("GPU-1");
  private static final GpuUuid OTHER = new GpuUuid("GPU-2");
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration FIRST = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofMinutes(4);
  private static final PreflightResult PASSED = new PreflightResult.Passed(Optional.empty());
  private static final PreflightResult FAILED = new PreflightResult.Failed("No context.");

  private final GpuFences fences = new GpuFences(new FencePolicy(3, 3, FIRST, LONGEST));

  @Test
  void aLostGpuIsFencedAtOnceAndOnlyThat() {
    fences.observe(List.of(lost(GPU), available(OTHER)), START);
    assertThat(fences.usable(GPU)).isFalse();
    assertThat(fences.usable(OTHER)).isTrue();
    assertThat(fences.fenced())
        .containsExactly(new Fence(GPU, "It fell off.", START, START.plus(FIRST), 1));
  }

  @Test
  void anUnknownErrorIsToleratedAFewTimesInARow() {
    fences.observe(List.of(degraded(GPU)), START);
    fences.observe(List.of(degraded(GPU)), START);
    fences.observe(List.of(available(GPU)), START);
    fences.observe(List.of(degraded(GPU)), START);
    fences.observe(List.of(degraded(GPU)), START);
    assertThat(fences.usable(GPU)).isTrue();
    fences.observe(List.of(degraded(GPU)), START);
    assertThat(fences.usable(GPU)).isFalse();
    assertThat(fences.fenced().get(0).reason())
        .isEqualTo("It could not be read 3 times in a row: Nobody knows.");
  }

  @Test
  void readableAgainIsNotEnoughAPreflightFrees() {
    fences.observe(List.of(lost(GPU)), START);
    fences.observe(List.of(available(GPU)), START.plusSeconds(1));
    assertThat(fences.usable(GPU)).isFalse();
    fences.preflight(GPU, PASSED, START.plus(FIRST));
    assertThat(fences.usable(GPU)).isTrue();
    assertThat(fences.fenced()).isEmpty();
  }

  @Test
  void aFailedPreflightFencesAndEachFurtherOneDoublesTheWaitUpToTheLongest() {
    Instant now = START;
    List<Duration> waits = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      fences.preflight(GPU, FAILED, now);
      Instant next = fences.fenced().get(0).nextProbe();
      waits.add(Duration.between(now, next));
      assertThat(fences.due(next.minusMillis(1))).isEmpty();
      assertThat(fences.due(next)).containsExactly(GPU);
      now = next;
    }
    assertThat(waits)
        .containsExactly(
            FIRST, FIRST.multipliedBy(2), FIRST.multipliedBy(4), LONGEST, LONGEST, LONGEST);
    assertThat(fences.fenced().get(0).since()).isEqualTo(START);
    assertThat(fences.fenced().get(0).reason()).isEqualTo("No context.");
  }

  @Test
  void aGpuThatPassesAndFailsItsJobsAgainWaitsLongerUntilOneCompletes() {
    loseAttempts(3, START);
    assertThat(wait(START)).isEqualTo(FIRST);
    fences.preflight(GPU, PASSED, START);
    loseAttempts(3, START);
    assertThat(wait(START)).isEqualTo(FIRST.multipliedBy(2));

    fences.preflight(GPU, PASSED, START);
    fences.attemptCompleted(GPU);
    loseAttempts(3, START);
    assertThat(wait(START)).isEqualTo(FIRST);
  }

  @Test
  void lossesCountOnlyInARow() {
    loseAttempts(2, START);
    fences.attemptCompleted(GPU);
    loseAttempts(2, START);
    assertThat(fences.usable(GPU)).isTrue();
    loseAttempts(1, START);
    assertThat(fences.usable(GPU)).isFalse();
    assertThat(fences.fenced().get(0).reason()).isEqualTo("It lost 3 attempts in a row.");
  }

  @ParameterizedTest
  @EnumSource(ErrorClass.class)
  void onlyLossesOfGpuOrHostBlameTheGpu(ErrorClass errorClass) {
    for (int i = 0; i < 10; i++) {
      fences.attemptFailed(GPU, errorClass, START);
    }
    boolean blamed = errorClass == ErrorClass.GPU_LOST || errorClass == ErrorClass.HOST_LOST;
    assertThat(fences.usable(GPU)).isEqualTo(!blamed);
  }

  @Test
  void aGpuThatWaitsForItsFirstPreflightIsDueAtOnceAndHasNoStrike() {
    fences.expectPreflight(GPU, START);
    assertThat(fences.usable(GPU)).isFalse();
    assertThat(fences.due(START)).containsExactly(GPU);
    fences.preflight(GPU, FAILED, START);
    assertThat(wait(START)).isEqualTo(FIRST);
    fences.expectPreflight(GPU, START);
    assertThat(wait(START)).as("expected again, it keeps its wait").isEqualTo(FIRST);
  }

  @Test
  void aFencedGpuThatGoesOnFailingKeepsItsProbeAndTellsTheNewestReason() {
    fences.attemptFailed(GPU, ErrorClass.GPU_LOST, START);
    fences.observe(List.of(lost(GPU)), START);
    Instant next = fences.fenced().get(0).nextProbe();
    loseAttempts(3, START.plusSeconds(10));
    assertThat(fences.fenced().get(0).nextProbe()).isEqualTo(next);
    assertThat(fences.fenced().get(0).reason()).isEqualTo("It lost 4 attempts in a row.");
    assertThat(fences.fenced().get(0).strikes()).isEqualTo(1);
  }

  @Test
  void senselessPoliciesAreRefused() {
    assertThatThrownBy(() -> new FencePolicy(0, 3, FIRST, LONGEST))
        .hasMessage("A GPU is fenced after 1 or more failures in a row, not after 0.");
    assertThatThrownBy(() -> new FencePolicy(1, 1, LONGEST, FIRST))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FencePolicy(1, 1, Duration.ZERO, FIRST))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /**
   * Whatever happens: usable and fenced exclude each other, and every fenced GPU has a way back.
   */
  @Property(tries = 300)
  void everyFencedGpuIsProbedWithinTheLongestWaitAndFreedByAPass(
      @ForAll("events") List<Integer> events) {
    GpuFences any = new GpuFences(new FencePolicy(2, 2, FIRST, LONGEST));
    Instant now = START;
    for (int event : events) {
      now = now.plusSeconds(7);
      switch (event) {
        case 0 -> any.observe(List.of(available(GPU)), now);
        case 1 -> any.observe(List.of(degraded(GPU)), now);
        case 2 -> any.observe(List.of(lost(GPU)), now);
        case 3 -> any.attemptCompleted(GPU);
        case 4 -> any.attemptFailed(GPU, ErrorClass.GPU_LOST, now);
        case 5 -> any.preflight(GPU, PASSED, now);
        case 6 -> any.preflight(GPU, FAILED, now);
        default -> any.expectPreflight(GPU, now);
      }
      assertThat(any.usable(GPU)).isEqualTo(any.fenced().isEmpty());
      assertThat(any.due(now.plus(LONGEST))).hasSize(any.fenced().size());
    }
    any.preflight(GPU, PASSED, now);
    assertThat(any.usable(GPU)).isTrue();
  }

  @Provide
  Arbitrary<List<Integer>> events() {
    return Arbitraries.integers().between(0, 7).list().ofMaxSize(60);
  }

  private void loseAttempts(int count, Instant now) {
    for (int i = 0; i < count; i++) {
      fences.attemptFailed(GPU, ErrorClass.GPU_LOST, now);
    }
  }

  private Duration wait(Instant from) {
    return Duration.between(from, fences.fenced().get(0).nextProbe());
  }

  private static GpuReading lost(GpuUuid gpu) {
    return new GpuReading.Unreadable(gpu, "H200", "It fell off.", GpuReading.Health.LOST, START);
  }

  private static GpuReading degraded(GpuUuid gpu) {
    return new GpuReading.Unreadable(
        gpu, "H200", "Nobody knows.", GpuReading.Health.DEGRADED, START);
  }

  private static GpuReading available(GpuUuid gpu) {
    return new GpuReading.Available(
        gpu,
        Optional.empty(),
        "H200",
        ByteSize.ofGb(140),
        ByteSize.ofGb(100),
        Optional.empty(),
        OptionalInt.empty(),
        START,
        GpuReading.Source.NVML_V2);
  }
}
