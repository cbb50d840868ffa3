package dev.morphene.coordinator.event;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Deletes the events, log lines included, of jobs that ended long ago. The jobs stay, with their
 * attempts, results and error. Any number of coordinators may run it: a job that one holds is
 * skipped by the others.
 */
public final class EventRetention {
  /** Few enough that one transaction stays short; a backlog takes several. */
  private static final long JOBS_TOGETHER = 100;

  private static final String TAKE_OLD =
      """
      update job set events_deleted_at = now() where job_id in (
        select job_id from job
          where ended_at < $1 and (events_deleted_at is null or events_deleted_at < ended_at)
          order by ended_at limit $2 for update skip locked)
        returning job_id
      """;

  private final Database database;
  private final Duration kept;
  private final AtomicLong deleted = new AtomicLong();

  /**
   * @param kept how long events stay after the end of their job
   */
  public EventRetention(Database database, Duration kept) {
    this.database = database;
    this.kept = kept;
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
   * @param now decides which jobs ended long ago
   */
  public void round(Instant now) {
    long jobs = JOBS_TOGETHER;
    while (jobs == JOBS_TOGETHER) {
      jobs = database.transact(transaction -> delete(transaction, now.minus(kept)));
    }
  }

  private long delete(Transaction transaction, Instant endedBefore) {
    List<Row> jobs =
        transaction.rows(TAKE_OLD, endedBefore.atOffset(ZoneOffset.UTC), JOBS_TOGETHER);
    if (!jobs.isEmpty()) {
      deleted.addAndGet(
          transaction.update(
              "delete from event where job_id = any($1)",
              (Object) jobs.stream().map(row -> row.getLong("job_id")).toArray(Long[]::new)));
    }
    return jobs.size();
  }

  /** Events deleted by this coordinator. */
  public long deleted() {
    return deleted.get();
  }
}
