package dev.morphene.coordinator.telemetry;

import dev.morphene.coordinator.database.Database;
import dev.morphene.protocol.message.TelemetryBatch;
import dev.morphene.protocol.message.TelemetryBatch.MemorySample;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Stores memory samples, each once, and keeps minimum, mean and maximum of every attempt. Samples
 * of an attempt that the worker never held are left out.
 */
public final class Telemetry {
  private static final String STORE =
      """
      with stored as (
        insert into memory_sample (job_id, attempt, gpu, at, used_bytes)
        select s.job_id, s.attempt, s.gpu, s.at, s.used_bytes
          from unnest($2::bigint[], $3::integer[], $4::text[], $5::timestamptz[], $6::bigint[])
            as s (job_id, attempt, gpu, at, used_bytes)
          join attempt a on a.job_id = s.job_id and a.number = s.attempt and a.worker = $1
        on conflict do nothing
        returning job_id, attempt, used_bytes
      ), sums as (
        select job_id, attempt, count(*) as samples, min(used_bytes) as least,
          max(used_bytes) as most, sum(used_bytes) as total from stored group by job_id, attempt
      )
      update attempt a set memory_samples = a.memory_samples + sums.samples,
        memory_min_bytes = least(a.memory_min_bytes, sums.least),
        memory_max_bytes = greatest(a.memory_max_bytes, sums.most),
        memory_sum_bytes = a.memory_sum_bytes + sums.total
        from sums where a.job_id = sums.job_id and a.number = sums.attempt
      """;

  private final Database database;
  private final AtomicLong samples = new AtomicLong();

  public Telemetry(Database database) {
    this.database = database;
  }

  public void store(TelemetryBatch batch) {
    List<MemorySample> rows = batch.samples();
    if (rows.isEmpty()) {
      return;
    }
    database.transact(
        transaction ->
            transaction.update(
                STORE,
                batch.worker().value(),
                column(rows, sample -> sample.attempt().job().value(), Long[]::new),
                column(rows, sample -> sample.attempt().attempt().value(), Integer[]::new),
                column(rows, sample -> sample.gpu().value(), String[]::new),
                column(rows, sample -> sample.at().atOffset(ZoneOffset.UTC), OffsetDateTime[]::new),
                column(rows, sample -> sample.used().bytes(), Long[]::new)));
    samples.addAndGet(rows.size());
  }

  public long samples() {
    return samples.get();
  }

  private static <T> T[] column(
      List<MemorySample> rows, Function<MemorySample, T> field, IntFunction<T[]> array) {
    return rows.stream().map(field).toArray(array);
  }
}
