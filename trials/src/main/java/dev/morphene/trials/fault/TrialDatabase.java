package dev.morphene.trials.fault;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.JobId;
import dev.morphene.trials.history.AttemptRow;
import dev.morphene.trials.history.EventRow;
import dev.morphene.trials.history.JobRow;
import dev.morphene.trials.history.Sighting;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** Reads the cluster's tables, past all of the cluster's code. */
final class TrialDatabase implements AutoCloseable {
  private static final String LIMIT_SECONDS = "5";

  private final Connection connection;

  private TrialDatabase(Connection connection) {
    this.connection = connection;
  }

  /**
   * Connects.
   *
   * @param postgresUri as the coordinators get it
   */
  static TrialDatabase connect(String postgresUri) throws SQLException {
    URI uri = URI.create(postgresUri);
    String[] login = (uri.getUserInfo() + ":").split(":", -1);
    Properties properties = new Properties();
    properties.setProperty("user", login[0]);
    properties.setProperty("password", login[1]);
    properties.setProperty("connectTimeout", LIMIT_SECONDS);
    properties.setProperty("socketTimeout", LIMIT_SECONDS);
    return new TrialDatabase(
        DriverManager.getConnection(
            "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath(),
            properties));
  }

  @FunctionalInterface
  private interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private <T> List<T> read(String sql, RowReader<T> reader) throws SQLException {
    List<T> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows.add(reader.read(result));
      }
    }
    return rows;
  }

  /** Every job as it is now. */
  List<Sighting> sightings() throws SQLException {
    List<Sighting> rows =
        read(
            "select job_id, attempt, state from job",
            row -> new Sighting(0, attempt(row), row.getString(3)));
    long now = System.nanoTime();
    return rows.stream().map(row -> new Sighting(now, row.latest(), row.state())).toList();
  }

  List<JobRow> jobs() throws SQLException {
    return read(
        "select j.job_id, j.attempt, b.idempotency_key, j.name, j.state from job j join batch b"
            + " using (batch_id) order by j.job_id",
        row -> new JobRow(attempt(row), row.getString(3), row.getString(4), row.getString(5)));
  }

  List<AttemptRow> attempts() throws SQLException {
    return read(
        "select job_id, number, worker, (extract(epoch from granted_at) * 1000000)::bigint,"
            + " coalesce(outcome, 'running') from attempt order by job_id, number",
        row -> new AttemptRow(attempt(row), row.getString(3), row.getLong(4), row.getString(5)));
  }

  List<EventRow> events() throws SQLException {
    return read(
        "select job_id, attempt, event_id, type, refused is null from event order by event_id",
        row -> new EventRow(row.getLong(3), attempt(row), row.getString(4), row.getBoolean(5)));
  }

  private static AttemptId attempt(ResultSet row) throws SQLException {
    return new AttemptId(new JobId(row.getLong(1)), new AttemptNumber(row.getInt(2)));
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
