package dev.morphene.trials.bench;

import dev.morphene.trials.process.Patience;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What Postgres wrote down about the jobs of one run. */
final class DispatchRecord {
  /** Millisecond times of one job, of Postgres' clock. */
  record JobTimes(long job, String key, double created, double granted, double ended) {}

  private static final Duration RUN_LIMIT = Duration.ofMinutes(5);
  private static final double MIDDLE_FROM = 0.2;
  private static final double MIDDLE_TO = 0.8;

  private final String jdbcUri;
  private final String run;

  DispatchRecord(String jdbcUri, String run) {
    this.jdbcUri = jdbcUri;
    this.run = run;
  }

  /** Waits until that many jobs of the run are completed. */
  void awaitCompleted(int jobs) throws InterruptedException, SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUri);
        PreparedStatement left =
            connection.prepareStatement(
                "select count(*) from job where state = 'completed' and batch_id in (select"
                    + " batch_id from batch where idempotency_key like ?)")) {
      left.setString(1, run + "-%");
      Patience.until(
          RUN_LIMIT,
          () -> {
            try (ResultSet rows = left.executeQuery()) {
              rows.next();
              // Counting is work for Postgres too: not more often than needed.
              Patience.pause(rows.getLong(1) < jobs ? 1_000 : 0);
              return rows.getLong(1) >= jobs;
            } catch (SQLException cause) {
              throw new IllegalStateException(cause);
            } catch (InterruptedException interrupted) {
              Thread.currentThread().interrupt();
              throw new IllegalStateException(interrupted);
            }
          },
          () -> "Not every job was completed in " + RUN_LIMIT.toMinutes() + " minutes.");
    }
  }

  /** In the order of the grants. */
  List<JobTimes> read() throws SQLException {
    List<JobTimes> times = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(jdbcUri);
        PreparedStatement query =
            connection.prepareStatement(
                "select j.job_id, b.idempotency_key, extract(epoch from j.created_at) * 1000 as"
                    + " created, extract(epoch from a.granted_at) * 1000 as granted, extract(epoch"
                    + " from j.ended_at) * 1000 as ended from job j join batch b using (batch_id)"
                    + " join attempt a on a.job_id = j.job_id and a.number = j.attempt where"
                    + " b.idempotency_key like ? order by a.granted_at")) {
      query.setString(1, run + "-%");
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          times.add(
              new JobTimes(
                  rows.getLong(1),
                  rows.getString(2),
                  rows.getDouble(3),
                  rows.getDouble(4),
                  rows.getDouble(5)));
        }
      }
    }
    return times;
  }

  /** Jobs a second that were granted in the middle of the run. */
  static double sustained(List<JobTimes> times) {
    int from = (int) (times.size() * MIDDLE_FROM);
    int to = (int) (times.size() * MIDDLE_TO) - 1;
    double millis = times.get(to).granted() - times.get(from).granted();
    return (to - from) / Math.max(1e-3, millis) * 1_000;
  }

  /** Jobs a second from the first submission to the last completion. */
  static double overall(List<JobTimes> times) {
    double first = times.stream().mapToDouble(JobTimes::created).min().orElseThrow();
    double last = times.stream().mapToDouble(JobTimes::ended).max().orElseThrow();
    return times.size() / (last - first) * 1_000;
  }

  /** From the acceptance of a job to its grant. */
  static Latencies toClaimed(List<JobTimes> times) {
    return Latencies.of(
        times.stream().mapToDouble(time -> time.granted() - time.created()).toArray());
  }

  /** From the sending of a job to the start of its child, by the clients' clocks. */
  static Latencies toStarted(
      List<JobTimes> times, Map<String, Long> sentMillis, Map<Long, Long> startedMillis) {
    return Latencies.of(
        times.stream()
            .mapToDouble(time -> startedMillis.get(time.job()) - sentMillis.get(time.key()))
            .toArray());
  }
}
