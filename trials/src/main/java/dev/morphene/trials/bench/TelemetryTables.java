package dev.morphene.trials.bench;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What lies in the database, asked without the coordinator. */
final class TelemetryTables implements AutoCloseable {
  private final Connection connection;

  TelemetryTables(String postgresUri) throws SQLException {
    URI uri = URI.create(postgresUri);
    String[] login = (uri.getUserInfo() + ":").split(":", -1);
    this.connection =
        DriverManager.getConnection(
            "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath(),
            login[0],
            login[1]);
  }

  /** Running attempts for the load's jobs, held by its nodes. */
  void begin(TelemetryLoad load) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "insert into batch (batch_id, idempotency_key, name) values (gen_random_uuid(), 'bench',"
              + " 'bench')");
      statement.execute(
          "insert into job (batch_id, name, kind, priority, spec, queue, state, retry_budget)"
              + " select batch_id, 'job-' || n, 'train', 0, '{}', 'none', 'running', 0"
              + " from batch, generate_series(1, "
              + (long) load.nodes() * load.jobs()
              + ") n order by n");
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into attempt (job_id, number, worker, gpu, lease_until)"
                + " values (?, 1, ?, ?, now() + interval '1 day')")) {
      for (int node = 0; node < load.nodes(); node++) {
        for (int number = 0; number < load.jobs(); number++) {
          statement.setLong(1, load.job(node, number));
          statement.setString(2, TelemetryLoad.worker(node));
          statement.setString(3, TelemetryLoad.gpu(node, number % load.gpus()));
          statement.addBatch();
        }
      }
      statement.executeBatch();
    }
  }

  /** By the coordinators' own count, which is cheap to ask. */
  long samplesCounted() throws SQLException {
    return number("select coalesce(sum(samples), 0) from node_telemetry");
  }

  /** Row by row. */
  long samplesStored() throws SQLException {
    return number("select (select count(*) from gpu_sample) + (select count(*) from job_sample)");
  }

  long samplesOfAttempts() throws SQLException {
    return number("select coalesce(sum(memory_samples), 0) from attempt");
  }

  long megabytesStored() throws SQLException {
    return number(
        "select sum(pg_total_relation_size(inhrelid)) / 1048576 from pg_inherits"
            + " where inhparent in ('gpu_sample'::regclass, 'job_sample'::regclass)");
  }

  long minuteRows() throws SQLException {
    return number("select (select count(*) from gpu_minute) + (select count(*) from job_minute)");
  }

  private long number(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
