package dev.morphene.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Migrations;
import dev.morphene.coordinator.event.EventRetention;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events on a clock that the test moves. */
@Timeout(120)
class EventRetentionTest {
  private static final Instant NOON = Instant.parse("2026-03-31T12:00:00Z");

  private TestServers servers;
  private Connection connection;
  private Vertx vertx;
  private Database database;
  private EventRetention retention;

  @BeforeEach
  void start() throws SQLException {
    servers = TestServers.embedded();
    PgConnectOptions options = PgConnectOptions.fromUri(servers.postgresUri());
    Migrations.run(options);
    vertx = Vertx.vertx();
    database = new Database(vertx, options);
    retention = new EventRetention(database, Duration.ofDays(10));
    connection = servers.connect();
    run("insert into batch (batch_id, idempotency_key, name) values (gen_random_uuid(), 'b', 'b')");
  }

  @AfterEach
  void stop() throws Exception {
    connection.close();
    database.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    servers.close();
  }

  @Test
  void deletesTheEventsOfJobsThatEndedLongAgoAndKeepsTheRest() throws SQLException {
    jobs("old", "completed", "'2026-03-01T00:00:00Z'", 250);
    jobs("young", "completed", "'2026-03-30T00:00:00Z'", 3);
    jobs("running", "running", "null", 3);
    retention.round(NOON);
    assertThat(
            text("select count(*) from event e join job j using (job_id) where name like 'old%'"))
        .isEqualTo("0");
    assertThat(text("select count(*) from event")).isEqualTo("12");
    assertThat(text("select count(*) from job")).as("jobs stay").isEqualTo("256");
    assertThat(retention.deleted()).isEqualTo(500);
    retention.round(NOON.plus(Duration.ofDays(10)));
    assertThat(text("select distinct state from job j join event e using (job_id)"))
        .isEqualTo("running");
  }

  @Test
  void aJobThatWasTriedAgainHasItsNewEventsUntilTheyAreOldToo() throws SQLException {
    jobs("again", "failed", "'2026-03-01T00:00:00Z'", 1);
    retention.round(NOON);
    run("update job set events_deleted_at = '2026-03-31T12:00:00Z'");
    run("update job set ended_at = '2026-04-05T00:00:00Z', attempt = 2");
    run(
        "insert into event (job_id, attempt, sequence, worker, at, type, report)"
            + " select job_id, 2, 1, 'n', now(), 'log', '{}' from job");
    retention.round(Instant.parse("2026-04-14T00:00:00Z"));
    assertThat(text("select count(*) from event")).isEqualTo("1");
    retention.round(Instant.parse("2026-04-16T00:00:00Z"));
    assertThat(text("select count(*) from event")).isEqualTo("0");
  }

  @Test
  void aJobThatSomebodyHoldsIsLeftForLater() throws SQLException {
    jobs("held", "completed", "'2026-03-01T00:00:00Z'", 2);
    try (Connection holder = servers.connect()) {
      holder.setAutoCommit(false);
      try (Statement statement = holder.createStatement()) {
        statement.execute("select 1 from job order by job_id limit 1 for update");
      }
      retention.round(NOON);
      assertThat(text("select count(distinct job_id) from event")).isEqualTo("1");
      holder.rollback();
    }
    retention.round(NOON);
    assertThat(text("select count(*) from event")).isEqualTo("0");
  }

  /** With two events each. */
  private void jobs(String name, String state, String endedAt, int count) throws SQLException {
    run(
        "with j as (insert into job (batch_id, name, kind, priority, spec, queue, state,"
            + " retry_budget, ended_at) select batch_id, '"
            + name
            + "' || i, 'train', 0, '{}', 'none', '"
            + state
            + "', 0, "
            + endedAt
            + "::timestamptz from batch, generate_series(1, "
            + count
            + ") i returning job_id) insert into event (job_id, attempt, sequence, worker, at,"
            + " type, report) select job_id, 1, s, 'n', now(), 'log', '{}' from j,"
            + " generate_series(1, 2) s");
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String text(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      StringBuilder text = new StringBuilder();
      while (result.next()) {
        text.append(text.length() == 0 ? "" : ",").append(result.getString(1));
      }
      return text.toString();
    }
  }
}
