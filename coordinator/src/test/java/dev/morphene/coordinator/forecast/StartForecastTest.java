package dev.morphene.coordinator.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.placement.GpuSnapshot;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.placement.MemoryRule;
import dev.morphene.protocol.placement.ReservationPlan.Place;
import dev.morphene.protocol.placement.ReservationPlan.Waiting;
import dev.morphene.protocol.placement.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StartForecastTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final StartForecast FORECAST = new StartForecast(MemoryRule.usual());

  @Test
  void aJobThatFitsStartsNow() {
    assertThat(forecast(new JobId(1), List.of(waiting(1, 16)), List.of(gpu("a", 24))))
        .isEqualTo(new StartForecast.Now(place("a")));
  }

  @Test
  void aJobStartsWhenEnoughHasEnded() {
    StartForecast.Gpu full = gpu("a", 24, tenant(16, 3_600), tenant(6, 60));
    assertThat(forecast(new JobId(1), List.of(waiting(1, 16)), List.of(full)))
        .isEqualTo(new StartForecast.At(NOW.plusSeconds(3_600), place("a")));
    assertThat(forecast(new JobId(1), List.of(waiting(1, 6)), List.of(full)))
        .isEqualTo(new StartForecast.At(NOW.plusSeconds(60), place("a")));
  }

  @Test
  void whatWaitsBeforeItTakesItsPlaceFirst() {
    StartForecast.Gpu one = gpu("a", 24, tenant(20, 60));
    StartForecast.Gpu two = gpu("b", 24, tenant(20, 600));
    assertThat(forecast(new JobId(2), List.of(waiting(1, 20), waiting(2, 20)), List.of(one, two)))
        .isEqualTo(new StartForecast.At(NOW.plusSeconds(600), place("b")));
  }

  @Test
  void whatNoGpuCanHoldIsToldWithTheNumbers() {
    assertThat(forecast(new JobId(1), List.of(waiting(1, 32)), List.of(gpu("a", 24))))
        .isEqualTo(
            new StartForecast.Never(
                "It needs 32.0 GB and the largest GPU of the pool has 24.0 GB, of which 0.5 GB are"
                    + " kept free."));
  }

  @Test
  void whatCannotBeToldSaysWhy() {
    assertThat(forecast(new JobId(1), List.of(waiting(1, 16)), List.of()))
        .isEqualTo(new StartForecast.Unknown("No training node is there now."));
    assertThat(forecast(new JobId(9), List.of(waiting(1, 16)), List.of(gpu("a", 24))))
        .isInstanceOf(StartForecast.Unknown.class);
    StartForecast.Gpu endless = gpu("a", 24, new TenantWithEnd(20, Optional.empty()));
    assertThat(forecast(new JobId(1), List.of(waiting(1, 16)), List.of(endless)))
        .isEqualTo(
            new StartForecast.Unknown("It is not known yet when the running jobs will end."));
  }

  @Test
  void whatIsPlacedBeforeItEndsAfterItsRunTime() {
    assertThat(
            FORECAST.of(
                new JobId(2),
                List.of(waiting(1, 20), waiting(2, 20)),
                List.of(gpu("a", 24)),
                Map.of(new JobId(1), Duration.ofMinutes(5)),
                NOW))
        .isEqualTo(new StartForecast.At(NOW.plusSeconds(300), place("a")));
  }

  private static StartForecast.Forecast forecast(
      JobId asked, List<Waiting> waiting, List<StartForecast.Gpu> gpus) {
    return FORECAST.of(asked, waiting, gpus, Map.of(), NOW);
  }

  private record TenantWithEnd(double gigabytes, Optional<Instant> end) {}

  private static TenantWithEnd tenant(double gigabytes, long endsInSeconds) {
    return new TenantWithEnd(gigabytes, Optional.of(NOW.plusSeconds(endsInSeconds)));
  }

  private static Waiting waiting(long job, double gigabytes) {
    return new Waiting(new JobId(job), JobNeed.of(ByteSize.ofGb(gigabytes)), NOW);
  }

  private static Place place(String name) {
    return new Place(new WorkerId("node"), new GpuUuid(name));
  }

  /** Its tenants have taken all that they were promised. */
  private static StartForecast.Gpu gpu(String name, double gigabytes, TenantWithEnd... running) {
    double free = gigabytes;
    List<Tenant> tenants = new ArrayList<>();
    List<Optional<Instant>> ends = new ArrayList<>();
    for (TenantWithEnd tenant : running) {
      ByteSize size = ByteSize.ofGb(tenant.gigabytes());
      tenants.add(new Tenant(JobNeed.of(size), size));
      ends.add(tenant.end());
      free -= tenant.gigabytes();
    }
    return new StartForecast.Gpu(
        place(name),
        new GpuSnapshot(
            new GpuUuid(name),
            ByteSize.ofGb(gigabytes),
            Optional.of(ByteSize.ofGb(free)),
            tenants,
            3,
            Optional.empty()),
        ends);
  }
}
