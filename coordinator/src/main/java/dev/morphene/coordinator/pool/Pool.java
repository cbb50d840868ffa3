package dev.morphene.coordinator.pool;

import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.forecast.StartForecast;
import dev.morphene.coordinator.job.Jobs;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.placement.GpuSnapshot;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.placement.ReservationPlan.Place;
import dev.morphene.protocol.placement.ReservationPlan.Waiting;
import dev.morphene.protocol.placement.Tenant;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The training GPUs of all nodes that live and stay, with what runs there, and the jobs that wait,
 * as they stand in Postgres at one moment.
 */
public final class Pool {
  private static final String DEVICES =
      """
      select worker, devices::text as devices from worker
        where kinds ? 'train' and session is not null and not draining
          and drain_requested_at is null and quarantined_at is null
          and last_seen_at > now() - $1 * interval '1 millisecond' order by worker
      """;

  private static final String TENANTS =
      """
      select a.worker, a.gpu, coalesce(a.memory_bytes, 0) as memory_bytes, a.side_by_side,
          coalesce(a.memory_last_bytes, 0) as observed,
          now() + (j.progress ->> 'remainingMillis')::double precision
            * interval '1 millisecond' as expected_end
        from attempt a join job j on j.job_id = a.job_id
        where a.outcome is null and a.memory_bytes is not null
      """;

  /** In the order in which they are published, ageing aside. */
  private static final String WAITING =
      """
      select job_id, memory_bytes, side_by_side, coalesce(ready_at, created_at) as since from job
        where memory_bytes is not null and ready_at is not null
          and (state = 'queued' or state = 'pending' and exists (
            select from outbox o where o.job_id = job.job_id))
        order by priority desc, ready_at, job_id limit $1
      """;

  private final Duration nodeSilence;

  /**
   * @param nodeSilence a node that was not heard of for longer is not there
   */
  public Pool(Duration nodeSilence) {
    this.nodeSilence = nodeSilence;
  }

  /** Every GPU that is not fenced; reservations are not filled in. */
  public List<StartForecast.Gpu> gpus(Transaction transaction) {
    Map<Place, List<Tenant>> tenants = new HashMap<>();
    Map<Place, List<Optional<Instant>>> ends = new HashMap<>();
    for (Row row : transaction.rows(TENANTS)) {
      Place place = place(row);
      tenants
          .computeIfAbsent(place, at -> new ArrayList<>())
          .add(new Tenant(need(row), new ByteSize(row.getLong("observed"))));
      ends.computeIfAbsent(place, at -> new ArrayList<>())
          .add(
              Optional.ofNullable(row.getOffsetDateTime("expected_end"))
                  .map(OffsetDateTime::toInstant));
    }
    List<StartForecast.Gpu> gpus = new ArrayList<>();
    for (Row row : transaction.rows(DEVICES, nodeSilence.toMillis())) {
      WorkerId worker = new WorkerId(row.getString("worker"));
      for (Heartbeat.Device device :
          Jobs.parse(row.getString("devices"), Heartbeat.Device[].class)) {
        if (device.fenced().isEmpty()) {
          Place place = new Place(worker, device.gpu());
          gpus.add(
              new StartForecast.Gpu(
                  place,
                  new GpuSnapshot(
                      device.gpu(),
                      device.total(),
                      device.free(),
                      tenants.getOrDefault(place, List.of()),
                      device.jobsAtMost(),
                      Optional.empty()),
                  ends.getOrDefault(place, List.of())));
        }
      }
    }
    return gpus;
  }

  /**
   * Jobs that nothing but their turn and a place keeps from running.
   *
   * @param most how many are read at most
   */
  public List<Waiting> waiting(Transaction transaction, int most) {
    return transaction.rows(WAITING, (long) most).stream()
        .map(
            row ->
                new Waiting(
                    new JobId(row.getLong("job_id")),
                    need(row),
                    row.getOffsetDateTime("since").toInstant()))
        .toList();
  }

  /** Which GPU is kept for which job. */
  public Map<Place, JobId> reservations(Transaction transaction) {
    Map<Place, JobId> kept = new LinkedHashMap<>();
    transaction
        .rows("select worker, gpu, job_id from gpu_reservation order by worker, gpu")
        .forEach(row -> kept.put(place(row), new JobId(row.getLong("job_id"))));
    return kept;
  }

  private static Place place(Row row) {
    return new Place(new WorkerId(row.getString("worker")), new GpuUuid(row.getString("gpu")));
  }

  private static JobNeed need(Row row) {
    return new JobNeed(new ByteSize(row.getLong("memory_bytes")), row.getInteger("side_by_side"));
  }
}
