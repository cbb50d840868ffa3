package dev.morphene.protocol.placement;

import static dev.morphene.protocol.placement.Samples.gpu;
import static dev.morphene.protocol.placement.Samples.need;
import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.placement.ReservationPlan.Candidate;
import dev.morphene.protocol.placement.ReservationPlan.Place;
import dev.morphene.protocol.placement.ReservationPlan.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ReservationPlanTest {
  private static final Instant NOW = Instant.EPOCH.plus(Duration.ofDays(1));
  private final MemoryRule rule = MemoryRule.usual();
  private final ReservationPlan plan = ReservationPlan.usual();

  @Provide
  Arbitrary<GpuSnapshot> gpus() {
    return Samples.gpus();
  }

  @Provide
  Arbitrary<JobNeed> needs() {
    return Samples.needs();
  }

  private static Map<Place, Candidate> candidates(List<GpuSnapshot> gpus) {
    Map<Place, Candidate> candidates = new HashMap<>();
    for (int i = 0; i < gpus.size(); i++) {
      Place place = new Place(new WorkerId("node-" + i), gpus.get(i).gpu());
      List<Instant> ends = gpus.get(i).tenants().stream().map(tenant -> NOW).toList();
      candidates.put(place, new Candidate(gpus.get(i), ends));
    }
    return candidates;
  }

  private static List<Waiting> late(List<JobNeed> needs) {
    List<Waiting> waiting = new ArrayList<>();
    for (int i = 0; i < needs.size(); i++) {
      waiting.add(new Waiting(new JobId(i + 1), needs.get(i), Instant.EPOCH));
    }
    return waiting;
  }

  private static Map<Place, JobId> kept(Map<Place, Waiting> decided) {
    Map<Place, JobId> kept = new HashMap<>();
    decided.forEach((place, job) -> kept.put(place, job.job()));
    return kept;
  }

  @Property
  void keepsAtMostItsShareAndOneGpuForAJob(
      @ForAll @Size(max = 40) List<@From("gpus") GpuSnapshot> gpus,
      @ForAll @Size(max = 20) List<@From("needs") JobNeed> needs) {
    Map<Place, Waiting> decided = plan.decide(late(needs), candidates(gpus), Map.of(), NOW);
    assertThat(decided.size()).isLessThanOrEqualTo(Math.max(1, gpus.size() / 8));
    assertThat(new HashSet<>(kept(decided).values())).hasSameSizeAs(decided.keySet());
    Map<Place, GpuSnapshot> gpuByPlace = new HashMap<>();
    candidates(gpus).forEach((place, one) -> gpuByPlace.put(place, one.snapshot()));
    decided.forEach(
        (place, job) -> assertThat(rule.couldEverHold(gpuByPlace.get(place), job.need())).isTrue());
  }

  @Property
  void aJobKeepsItsGpuWhateverComesBeforeIt(
      @ForAll @Size(min = 1, max = 40) List<@From("gpus") GpuSnapshot> gpus,
      @ForAll @Size(min = 1, max = 10) List<@From("needs") JobNeed> needs,
      @ForAll @Size(max = 3) List<@From("needs") JobNeed> earlier) {
    Map<Place, Candidate> pool = candidates(gpus);
    Map<Place, JobId> before = kept(plan.decide(late(needs), pool, Map.of(), NOW));
    List<Waiting> more = new ArrayList<>();
    for (int i = 0; i < earlier.size(); i++) {
      more.add(new Waiting(new JobId(1_000 + i), earlier.get(i), Instant.EPOCH));
    }
    more.addAll(late(needs));
    Map<JobId, Place> after = new HashMap<>();
    kept(plan.decide(more, pool, before, NOW)).forEach((place, job) -> after.put(job, place));
    before.forEach(
        (place, job) ->
            assertThat(Optional.ofNullable(after.get(job)).orElse(place)).isEqualTo(place));
  }

  @Test
  void nobodyWaitsWhoIsPatientOrSmall() {
    Map<Place, Candidate> pool = candidates(List.of(gpu("GPU-0", 80, need(16))));
    Waiting fresh = new Waiting(new JobId(1), need(60), NOW.minusSeconds(29));
    Waiting small = new Waiting(new JobId(2), need(8), Instant.EPOCH);
    assertThat(plan.decide(List.of(fresh, small), pool, Map.of(), NOW)).isEmpty();
  }

  @Test
  void theGpuThatEmptiesFirstIsKept() {
    GpuSnapshot soon = gpu("GPU-0", 80, need(16));
    GpuSnapshot late = gpu("GPU-1", 80, need(16));
    Map<Place, Candidate> pool =
        Map.of(
            new Place(new WorkerId("b"), late.gpu()),
            new Candidate(late, List.of(NOW.plusSeconds(900))),
            new Place(new WorkerId("a"), soon.gpu()),
            new Candidate(soon, List.of(NOW.plusSeconds(60))));
    List<Waiting> waiting = late(List.of(need(8), need(60)));
    assertThat(plan.decide(waiting, pool, Map.of(), NOW))
        .containsOnlyKeys(new Place(new WorkerId("a"), soon.gpu()));
  }

  /** Two of three must go from the one, one of two from the other. */
  @Test
  void whatCountsIsWhenEnoughOfTheTenantsHaveEnded() {
    GpuSnapshot three = gpu("GPU-0", 80, need(16), need(16), need(16));
    GpuSnapshot two = gpu("GPU-1", 80, need(31), need(31));
    Instant soon = NOW.plusSeconds(60);
    Instant never = NOW.plus(Duration.ofDays(9));
    Map<Place, Candidate> pool =
        Map.of(
            new Place(new WorkerId("a"), three.gpu()),
            new Candidate(three, List.of(soon, NOW.plusSeconds(900), never)),
            new Place(new WorkerId("b"), two.gpu()),
            new Candidate(two, List.of(never, NOW.plusSeconds(600))));
    assertThat(plan.decide(late(List.of(need(8), need(31))), pool, Map.of(), NOW))
        .containsOnlyKeys(new Place(new WorkerId("b"), two.gpu()));
  }

  /** One GPU, a small job ends each minute and another one is there at once. */
  @Property(tries = 50)
  void aStreamOfSmallJobsNeverStarvesALargeOne(
      @ForAll @IntRange(min = 1, max = 15) int smallGb,
      @ForAll @IntRange(min = 41, max = 79) int largeGb) {
    JobNeed small = need(smallGb);
    Waiting large = new Waiting(new JobId(1), need(largeGb), Instant.EPOCH);
    List<JobNeed> running = new ArrayList<>(List.of(small, small, small));
    Map<Place, JobId> kept = Map.of();
    int minutes = 0;
    while (true) {
      Instant now = Instant.EPOCH.plus(Duration.ofMinutes(++minutes));
      running.remove(0);
      GpuSnapshot gpu = gpu("GPU-0", 80, running.toArray(JobNeed[]::new));
      Map<Place, Waiting> decided =
          plan.decide(
              List.of(large, new Waiting(new JobId(1 + minutes), small, now)),
              candidates(List.of(gpu)),
              kept,
              now);
      kept = kept(decided);
      GpuSnapshot reserved =
          new GpuSnapshot(
              gpu.gpu(),
              gpu.total(),
              gpu.free(),
              gpu.tenants(),
              3,
              decided.values().stream().map(Waiting::need).findFirst());
      if (rule.allows(reserved, large.need())) {
        break;
      }
      if (rule.allows(reserved, small)) {
        running.add(small);
      }
      assertThat(minutes).isLessThanOrEqualTo(3);
    }
  }
}
