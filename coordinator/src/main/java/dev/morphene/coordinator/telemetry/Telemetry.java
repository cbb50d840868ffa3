package dev.morphene.coordinator.telemetry;

import dev.morphene.coordinator.database.Columns;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.protocol.message.TelemetryBatch;
import dev.morphene.protocol.message.TelemetryBatch.GpuSample;
import dev.morphene.protocol.message.TelemetryBatch.MemorySample;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stores what nodes measured, each batch once, and keeps minimum, mean and maximum of every
 * attempt. Samples of an attempt that the worker never held are left out.
 *
 * <p>These transactions do not wait for the disk. When Postgres crashes, the last of them (under a
 * second's) may be gone although they were acknowledged; the count of batches goes with them, so
 * the loss shows.
 */
public final class Telemetry {
  private static final String STORE_GPUS =
      """
      insert into gpu_sample (at, gpu_id, utilisation_percent, free_bytes)
        select * from unnest($1::timestamptz[], $2::integer[], $3::smallint[], $4::bigint[])
      """;

  private static final String STORE_JOBS =
      """
      insert into job_sample (at, job_id, attempt, gpu_id, phase, used_bytes)
        select * from unnest($1::timestamptz[], $2::bigint[], $3::integer[], $4::integer[],
          $5::smallint[], $6::bigint[])
      """;

  private static final String MARK_DUE =
      """
      insert into telemetry_due select * from unnest($1::timestamptz[]) on conflict do nothing
      """;

  private static final String HOLD_DUE =
      """
      select minute from telemetry_due where minute = any ($1::timestamptz[]) order by minute
        for key share
      """;

  private record GpuRow(int gpu, GpuSample sample) {}

  private record JobRow(int gpu, MemorySample sample) {}

  private final Database database;
  private final GpuNumbers numbers;
  private final AtomicLong samples = new AtomicLong();
  private final AtomicLong repeated = new AtomicLong();

  public Telemetry(Database database) {
    this.database = database;
    this.numbers = new GpuNumbers(database);
  }

  public void store(List<TelemetryBatch> batches) {
    Map<GpuNumbers.Gpu, Integer> gpus = numbers.of(batches);
    List<TelemetryBatch> fresh =
        database.transact(
            transaction -> {
              transaction.update("set local synchronous_commit = off");
              List<TelemetryBatch> unseen = Arrivals.count(transaction, batches);
              store(transaction, unseen, gpus);
              return unseen;
            });
    samples.addAndGet(fresh.stream().mapToLong(TelemetryBatch::samples).sum());
    repeated.addAndGet(batches.size() - fresh.size());
  }

  private static void store(
      Transaction transaction, List<TelemetryBatch> batches, Map<GpuNumbers.Gpu, Integer> gpus) {
    Set<AttemptMemory.Held> held = AttemptMemory.update(transaction, batches);
    List<GpuRow> gpuRows = new ArrayList<>();
    List<JobRow> jobRows = new ArrayList<>();
    Set<Instant> minutes = new TreeSet<>();
    for (TelemetryBatch batch : batches) {
      for (GpuSample sample : batch.gpus()) {
        gpuRows.add(new GpuRow(gpus.get(new GpuNumbers.Gpu(batch.worker(), sample.gpu())), sample));
        minutes.add(sample.at().truncatedTo(ChronoUnit.MINUTES));
      }
      for (MemorySample sample : batch.jobs()) {
        if (held.contains(AttemptMemory.Held.of(batch.worker(), sample.attempt()))) {
          jobRows.add(
              new JobRow(gpus.get(new GpuNumbers.Gpu(batch.worker(), sample.gpu())), sample));
          minutes.add(sample.at().truncatedTo(ChronoUnit.MINUTES));
        }
      }
    }
    if (!minutes.isEmpty()) {
      holdDue(transaction, minutes);
    }
    if (!gpuRows.isEmpty()) {
      storeGpus(transaction, gpuRows);
    }
    if (!jobRows.isEmpty()) {
      storeJobs(transaction, jobRows);
    }
  }

  /** Again when the roll-up has taken a minute away between the two statements. */
  private static void holdDue(Transaction transaction, Collection<Instant> minutes) {
    OffsetDateTime[] wanted =
        Columns.of(minutes, minute -> minute.atOffset(ZoneOffset.UTC), OffsetDateTime[]::new);
    while (transaction.rows(HOLD_DUE, (Object) wanted).size() < wanted.length) {
      transaction.update(MARK_DUE, (Object) wanted);
    }
  }

  private static void storeGpus(Transaction transaction, List<GpuRow> rows) {
    transaction.update(
        STORE_GPUS,
        Columns.of(rows, row -> row.sample().at().atOffset(ZoneOffset.UTC), OffsetDateTime[]::new),
        Columns.of(rows, GpuRow::gpu, Integer[]::new),
        Columns.of(
            rows,
            row ->
                row.sample().utilisationPercent().isPresent()
                    ? (short) row.sample().utilisationPercent().getAsInt()
                    : null,
            Short[]::new),
        Columns.of(
            rows,
            row -> row.sample().free().isPresent() ? row.sample().free().get().bytes() : null,
            Long[]::new));
  }

  private static void storeJobs(Transaction transaction, List<JobRow> rows) {
    transaction.update(
        STORE_JOBS,
        Columns.of(rows, row -> row.sample().at().atOffset(ZoneOffset.UTC), OffsetDateTime[]::new),
        Columns.of(rows, row -> row.sample().attempt().job().value(), Long[]::new),
        Columns.of(rows, row -> row.sample().attempt().attempt().value(), Integer[]::new),
        Columns.of(rows, JobRow::gpu, Integer[]::new),
        Columns.of(
            rows,
            row ->
                row.sample().phase().isPresent() ? (short) row.sample().phase().getAsInt() : null,
            Short[]::new),
        Columns.of(rows, row -> row.sample().used().bytes(), Long[]::new));
  }

  /** Samples stored by this coordinator. */
  public long samples() {
    return samples.get();
  }

  /** Batches that came again or too late, and were left out. */
  public long repeated() {
    return repeated.get();
  }
}
