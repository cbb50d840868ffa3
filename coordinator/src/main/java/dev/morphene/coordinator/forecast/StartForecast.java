package dev.morphene.coordinator.forecast;

import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.placement.GpuSnapshot;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.placement.MemoryRule;
import dev.morphene.protocol.placement.ReservationPlan.Place;
import dev.morphene.protocol.placement.ReservationPlan.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * When a waiting job will start, by playing the pool forward ({@link PoolFuture}).
 *
 * @param rule decides what fits
 */
public record StartForecast(MemoryRule rule) {
  /** The work of one forecast stays within this many looks at a GPU. */
  static final int MOST_LOOKS = 2_000_000;

  /** The answer. */
  public sealed interface Forecast {}

  /** There is a place now. */
  public record Now(Place place) implements Forecast {}

  /** A place is expected then. */
  public record At(Instant start, Place place) implements Forecast {}

  /** It cannot be told. */
  public record Unknown(String reason) implements Forecast {}

  /** No GPU of the pool can ever hold it. */
  public record Never(String reason) implements Forecast {}

  /**
   * @param expectedEnds one for each tenant, in the tenants' order; absent when it is not known
   */
  public record Gpu(Place place, GpuSnapshot snapshot, List<Optional<Instant>> expectedEnds) {
    public Gpu {
      expectedEnds = List.copyOf(expectedEnds);
      if (expectedEnds.size() != snapshot.tenants().size()) {
        throw new IllegalArgumentException("One expected end is needed for each tenant.");
      }
    }
  }

  /**
   * @param asked a job among {@code waiting}
   * @param waiting in the order in which they would be published
   * @param gpus the pool, without fenced ones
   * @param runTimes of waiting jobs, where they are known
   */
  public Forecast of(
      JobId asked,
      List<Waiting> waiting,
      List<Gpu> gpus,
      Map<JobId, Duration> runTimes,
      Instant now) {
    int place = indexOf(asked, waiting);
    if (place < 0) {
      return new Unknown("The job is not ready to be placed yet.");
    }
    JobNeed need = waiting.get(place).need();
    if (gpus.isEmpty()) {
      return new Unknown("No training node is there now.");
    }
    if (gpus.stream().noneMatch(gpu -> rule.couldEverHold(gpu.snapshot(), need))) {
      ByteSize largest =
          gpus.stream().map(gpu -> gpu.snapshot().total()).max(ByteSize::compareTo).orElseThrow();
      return new Never(
          "It needs "
              + need.memory()
              + " and the largest GPU of the pool has "
              + largest
              + ", of which "
              + rule.safetyMargin()
              + " are kept free.");
    }
    if ((long) gpus.size() * (place + 1) > MOST_LOOKS) {
      return new Unknown(place + " jobs wait before it; ask again when there are fewer.");
    }
    return play(waiting.subList(0, place + 1), gpus, runTimes, now);
  }

  private Forecast play(
      List<Waiting> waiting, List<Gpu> gpus, Map<JobId, Duration> runTimes, Instant now) {
    List<PoolFuture.Task> tasks =
        waiting.stream()
            .map(
                next ->
                    new PoolFuture.Task(
                        next.job(),
                        Optional.of(next.need()),
                        Set.of(),
                        Optional.ofNullable(runTimes.get(next.job()))))
            .toList();
    Map<JobId, PoolFuture.Outcome> outcomes =
        new PoolFuture(rule, gpus, MOST_LOOKS).play(Map.of(), tasks, now);
    PoolFuture.Outcome asked = outcomes.get(waiting.get(waiting.size() - 1).job());
    if (asked != null) {
      Place place = asked.place().orElseThrow();
      return asked.start().equals(now) ? new Now(place) : new At(asked.start(), place);
    }
    boolean someEndIsUnknown =
        gpus.stream().anyMatch(gpu -> gpu.expectedEnds().stream().anyMatch(Optional::isEmpty));
    return new Unknown(
        someEndIsUnknown
            ? "It is not known yet when the running jobs will end."
            : (waiting.size() - 1)
                + " jobs go before it, and how long those will run is not known yet.");
  }

  private static int indexOf(JobId asked, List<Waiting> waiting) {
    for (int i = 0; i < waiting.size(); i++) {
      if (waiting.get(i).job().equals(asked)) {
        return i;
      }
    }
    return -1;
  }
}
