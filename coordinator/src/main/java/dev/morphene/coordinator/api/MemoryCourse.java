package dev.morphene.coordinator.api;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.view.MemoryView;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Optional;

/**
 * The memory of one job: what its attempts add up to, and its course out of the minutes that are
 * rolled up and the samples that are not yet.
 */
final class MemoryCourse {
  private static final int MOST_POINTS = 300;

  private static final String TOTALS =
      """
      select coalesce(sum(memory_samples), 0)::bigint as samples,
          coalesce(min(memory_min_bytes), 0) as least,
          coalesce(round(sum(memory_sum_bytes) / nullif(sum(memory_samples), 0)), 0)::bigint
            as mean,
          coalesce(max(memory_max_bytes), 0) as most,
          count(*) as attempts
        from attempt where job_id = $1
      """;

  /**
   * Samples are found by their time alone, so only those after the last minute of the job are
   * looked for. A point is a stretch of one attempt: the end of one adds a point.
   */
  private static final String POINTS =
      """
      with minutes as (
        select attempt, minute as at, samples, used_min_bytes as least, used_mean_bytes as mean,
            used_max_bytes as most from job_minute where job_id = $1
      ), recent as (
        select attempt, at, 1 as samples, used_bytes as least, used_bytes as mean,
            used_bytes as most from job_sample
          where job_id = $1 and at >= coalesce(
            (select max(at) + interval '1 minute' from minutes),
            (select min(granted_at) - interval '1 minute' from attempt where job_id = $1))
      ), course as (
        select *, ntile($2) over (order by attempt, at) as stretch
          from (select * from minutes union all select * from recent) as taken
      )
      select attempt, min(at) as at, min(least) as least,
          round(sum(mean::numeric * samples) / sum(samples))::bigint as mean, max(most) as most
        from course group by attempt, stretch order by attempt, at limit $3
      """;

  private final Database database;

  MemoryCourse(Database database) {
    this.database = database;
  }

  /** Empty when there is no such job. */
  Optional<MemoryView> of(JobId job) {
    return database.transact(
        transaction ->
            transaction
                .row("select 1 from job where job_id = $1", job.value())
                .map(found -> read(transaction, job)));
  }

  private static MemoryView read(Transaction transaction, JobId job) {
    Row totals = transaction.row(TOTALS, job.value()).orElseThrow();
    long samples = totals.getLong("samples");
    long stretches = Math.max(1, MOST_POINTS + 1 - totals.getLong("attempts"));
    List<MemoryView.Point> points =
        samples == 0
            ? List.of()
            : transaction.rows(POINTS, job.value(), (int) stretches, (long) MOST_POINTS).stream()
                .map(MemoryCourse::point)
                .toList();
    return new MemoryView(
        samples, size(totals, "least"), size(totals, "mean"), size(totals, "most"), points);
  }

  private static MemoryView.Point point(Row row) {
    return new MemoryView.Point(
        row.getOffsetDateTime("at").toInstant(),
        row.getInteger("attempt"),
        size(row, "least"),
        size(row, "mean"),
        size(row, "most"));
  }

  private static ByteSize size(Row row, String column) {
    return new ByteSize(row.getLong(column));
  }
}
