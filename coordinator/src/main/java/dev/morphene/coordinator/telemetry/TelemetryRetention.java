package dev.morphene.coordinator.telemetry;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes the partitions of the days to come, rolls finished minutes up and drops what is too old:
 * samples after 7 days, minutes after a year. Any number of coordinators may run it; they take
 * turns.
 */
public final class TelemetryRetention {
  static final Duration SAMPLES_KEPT = Duration.ofDays(7);
  static final Duration MINUTES_KEPT = Duration.ofDays(366);

  /** A minute is finished when its last samples have had this long to arrive. */
  static final Duration ARRIVAL = Duration.ofMinutes(1);

  /** Few enough that one transaction stays short; a backlog takes several. */
  private static final long MINUTES_TOGETHER = 5;

  /** Chosen freely; only these rounds use it. */
  private static final long TURN = 0x6d6f727068656e65L;

  private static final String TAKE_DUE =
      """
      delete from telemetry_due where minute in (
        select minute from telemetry_due where minute < $1 order by minute limit $2)
        returning minute
      """;

  private static final String ROLL_UP_GPUS =
      """
      insert into gpu_minute
        select $1::timestamptz, gpu_id, count(*), min(utilisation_percent),
          avg(utilisation_percent), max(utilisation_percent), min(free_bytes), avg(free_bytes),
          max(free_bytes)
          from gpu_sample where at >= $1 and at < $1 + interval '1 minute' group by gpu_id
        on conflict (gpu_id, minute) do update set samples = excluded.samples,
          utilisation_min_percent = excluded.utilisation_min_percent,
          utilisation_mean_percent = excluded.utilisation_mean_percent,
          utilisation_max_percent = excluded.utilisation_max_percent,
          free_min_bytes = excluded.free_min_bytes, free_mean_bytes = excluded.free_mean_bytes,
          free_max_bytes = excluded.free_max_bytes
      """;

  private static final String ROLL_UP_JOBS =
      """
      insert into job_minute
        select $1::timestamptz, job_id, attempt, gpu_id, count(*), min(used_bytes),
          avg(used_bytes), max(used_bytes)
          from job_sample where at >= $1 and at < $1 + interval '1 minute'
          group by job_id, attempt, gpu_id
        on conflict (job_id, attempt, gpu_id, minute) do update set samples = excluded.samples,
          used_min_bytes = excluded.used_min_bytes, used_mean_bytes = excluded.used_mean_bytes,
          used_max_bytes = excluded.used_max_bytes
      """;

  private final Database database;
  private final AtomicLong rolledUp = new AtomicLong();

  public TelemetryRetention(Database database) {
    this.database = database;
  }

  /** At the database's own time. */
  public void round() {
    round(
        database.transact(
            transaction ->
                transaction
                    .row("select now() as now")
                    .orElseThrow()
                    .getOffsetDateTime("now")
                    .toInstant()));
  }

  /**
   * Nothing when another coordinator has the turn.
   *
   * @param now decides what is finished and what is too old
   */
  public void round(Instant now) {
    inTurn(
        transaction -> {
          for (TimePartitions partitions : TimePartitions.values()) {
            partitions.ahead(transaction, now);
          }
          return 0L;
        });
    OffsetDateTime limit =
        now.minus(ARRIVAL).truncatedTo(ChronoUnit.MINUTES).atOffset(ZoneOffset.UTC);
    long minutes = MINUTES_TOGETHER;
    while (minutes == MINUTES_TOGETHER) {
      minutes = inTurn(transaction -> rollUp(transaction, limit));
    }
    inTurn(
        transaction -> {
          drop(transaction, now);
          return 0L;
        });
  }

  /** The work of one turn; returns how many minutes it did. */
  @FunctionalInterface
  private interface Turn {
    long take(Transaction transaction);
  }

  private long inTurn(Turn turn) {
    return database.transact(
        transaction -> {
          boolean ours =
              transaction
                  .row("select pg_try_advisory_xact_lock($1) as ours", TURN)
                  .orElseThrow()
                  .getBoolean("ours");
          return ours ? turn.take(transaction) : 0L;
        });
  }

  private long rollUp(Transaction transaction, OffsetDateTime limit) {
    List<Row> due = transaction.rows(TAKE_DUE, limit, MINUTES_TOGETHER);
    if (due.isEmpty()) {
      return 0;
    }
    TimePartitions.GPU_SAMPLE.summarize(transaction);
    TimePartitions.JOB_SAMPLE.summarize(transaction);
    long rows = 0;
    for (Row row : due) {
      OffsetDateTime minute = row.getOffsetDateTime("minute");
      rows += transaction.update(ROLL_UP_GPUS, minute);
      rows += transaction.update(ROLL_UP_JOBS, minute);
    }
    rolledUp.addAndGet(rows);
    return due.size();
  }

  private static void drop(Transaction transaction, Instant now) {
    Instant newest = now.plus(SAMPLES_KEPT);
    Instant oldestSample = now.minus(SAMPLES_KEPT);
    TimePartitions.GPU_SAMPLE.dropOutside(transaction, oldestSample, newest);
    TimePartitions.JOB_SAMPLE.dropOutside(transaction, oldestSample, newest);
    Instant oldestMinute = now.minus(MINUTES_KEPT);
    TimePartitions.GPU_MINUTE.dropOutside(transaction, oldestMinute, newest);
    TimePartitions.JOB_MINUTE.dropOutside(transaction, oldestMinute, newest);
    transaction.update(
        "delete from telemetry_due where minute > $1", newest.atOffset(ZoneOffset.UTC));
    transaction.update(
        "delete from node_telemetry where updated_at < $1", oldestMinute.atOffset(ZoneOffset.UTC));
  }

  /** Rows of minutes written by this coordinator. */
  public long rolledUp() {
    return rolledUp.get();
  }
}
