package dev.morphene.protocol.placement;

import static dev.morphene.protocol.placement.Samples.need;
import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;

class MemoryRuleTest {
  private final MemoryRule rule = MemoryRule.usual();

  @Provide
  Arbitrary<GpuSnapshot> gpus() {
    return Samples.gpus();
  }

  @Provide
  Arbitrary<JobNeed> needs() {
    return Samples.needs();
  }

  @Property
  void neverLetsInMoreThanTheSmallestParallelism(
      @ForAll("gpus") GpuSnapshot gpu, @ForAll("needs") JobNeed newcomer) {
    if (rule.allows(gpu, newcomer)) {
      int together = gpu.tenants().size() + 1;
      assertThat(together).isLessThanOrEqualTo(newcomer.sideBySide());
      assertThat(together).isLessThanOrEqualTo(gpu.jobsAtMost());
      assertThat(gpu.tenants())
          .allSatisfy(
              tenant -> assertThat(tenant.need().sideBySide()).isGreaterThanOrEqualTo(together));
    }
  }

  @Property
  void neverPromisesWhatIsNotThere(
      @ForAll("gpus") GpuSnapshot gpu, @ForAll("needs") JobNeed newcomer) {
    if (rule.allows(gpu, newcomer)) {
      long stillToCome =
          gpu.tenants().stream()
              .mapToLong(
                  tenant -> Math.max(0, tenant.need().memory().bytes() - tenant.observed().bytes()))
              .sum();
      assertThat(newcomer.memory().bytes() + stillToCome + rule.safetyMargin().bytes())
          .isLessThanOrEqualTo(gpu.free().orElseThrow().bytes());
    }
  }

  @Property
  void unreadableFreeMemoryAdmitsNothing(
      @ForAll("gpus") GpuSnapshot gpu, @ForAll("needs") JobNeed newcomer) {
    GpuSnapshot unreadable =
        new GpuSnapshot(
            gpu.gpu(),
            gpu.total(),
            Optional.empty(),
            gpu.tenants(),
            gpu.jobsAtMost(),
            gpu.reservedFor());
    JobNeed something = newcomer.memory().bytes() == 0 ? need(1) : newcomer;
    assertThat(rule.usableBytes(unreadable)).isZero();
    assertThat(rule.allows(unreadable, something)).isFalse();
  }

  @Property
  void evenNothingIsNotAdmittedWhenFreeMemoryIsUnreadable(@ForAll("gpus") GpuSnapshot gpu) {
    GpuSnapshot unreadable =
        new GpuSnapshot(gpu.gpu(), gpu.total(), Optional.empty(), List.of(), 3, Optional.empty());
    assertThat(rule.allows(unreadable, need(0))).isFalse();
  }

  @Property
  void aSmallerJobFindsRoomWhereALargerOneDoes(
      @ForAll("gpus") GpuSnapshot gpu,
      @ForAll("needs") JobNeed one,
      @ForAll("needs") JobNeed other) {
    GpuSnapshot unreserved =
        new GpuSnapshot(
            gpu.gpu(), gpu.total(), gpu.free(), gpu.tenants(), gpu.jobsAtMost(), Optional.empty());
    if (one.isNoLargerThan(other) && rule.allows(unreserved, other)) {
      assertThat(rule.allows(unreserved, one)).isTrue();
    }
  }

  @Property
  void oneMoreJobNeverMakesRoom(
      @ForAll("gpus") GpuSnapshot gpu,
      @ForAll("needs") JobNeed first,
      @ForAll("needs") JobNeed second) {
    if (rule.allows(gpu.with(first), second)) {
      assertThat(rule.allows(gpu, second)).isTrue();
    }
    assertThat(rule.usableBytes(gpu.with(first))).isLessThanOrEqualTo(rule.usableBytes(gpu));
  }

  @Property
  void aReservedGpuLetsNothingSmallerIn(
      @ForAll("gpus") GpuSnapshot gpu, @ForAll("needs") JobNeed newcomer) {
    if (rule.allows(gpu, newcomer) && gpu.reservedFor().isPresent()) {
      assertThat(newcomer.memory()).isGreaterThanOrEqualTo(gpu.reservedFor().get().memory());
    }
  }

  @Property
  void bestFitIsTheAllowedGpuWithTheLeastUsable(
      @ForAll @Size(max = 8) List<@From("gpus") GpuSnapshot> gpus,
      @ForAll("needs") JobNeed newcomer) {
    Optional<GpuSnapshot> chosen = rule.bestFit(gpus, newcomer);
    List<GpuSnapshot> allowed = gpus.stream().filter(gpu -> rule.allows(gpu, newcomer)).toList();
    assertThat(chosen.isPresent()).isEqualTo(!allowed.isEmpty());
    chosen.ifPresent(
        best -> {
          assertThat(allowed).contains(best);
          assertThat(allowed)
              .allSatisfy(
                  gpu ->
                      assertThat(rule.usableBytes(gpu))
                          .isGreaterThanOrEqualTo(rule.usableBytes(best)));
        });
  }

  @Property
  void whatIsAllowedNowCouldEverBeHeld(
      @ForAll("gpus") GpuSnapshot gpu, @ForAll("needs") JobNeed newcomer) {
    boolean plausible = gpu.free().map(free -> free.compareTo(gpu.total()) <= 0).orElse(true);
    if (plausible && rule.allows(gpu, newcomer)) {
      assertThat(rule.couldEverHold(gpu, newcomer)).isTrue();
    }
  }

  @Test
  void strangersAreRespected() {
    Tenant notLoaded = new Tenant(need(40), new ByteSize(0));
    GpuSnapshot gpu =
        new GpuSnapshot(
            new GpuUuid("GPU-0"),
            ByteSize.ofGb(80),
            Optional.of(ByteSize.ofGb(50)),
            List.of(notLoaded),
            3,
            Optional.empty());
    assertThat(new MemoryRule(ByteSize.ofGb(0)).usableBytes(gpu))
        .isEqualTo(ByteSize.ofGb(10).bytes());
    assertThat(rule.usableBytes(gpu)).isEqualTo(ByteSize.ofGb(9.5).bytes());
  }

  @Property
  void theOrderOfTheGpusDoesNotMatter(
      @ForAll @Size(max = 8) @UniqueElements List<@From("gpus") GpuSnapshot> gpus,
      @ForAll("needs") JobNeed newcomer) {
    List<GpuSnapshot> backwards = new ArrayList<>(gpus);
    Collections.reverse(backwards);
    assertThat(rule.bestFit(backwards, newcomer).map(rule::usableBytes))
        .isEqualTo(rule.bestFit(gpus, newcomer).map(rule::usableBytes));
  }
}
