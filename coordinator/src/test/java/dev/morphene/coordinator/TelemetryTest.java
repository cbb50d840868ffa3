package dev.morphene.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Migrations;
import dev.morphene.coordinator.telemetry.Telemetry;
import dev.morphene.coordinator.telemetry.TelemetryLoss;
import dev.morphene.coordinator.telemetry.TelemetryRetention;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.SessionId;
import dev.morphene.protocol.message.TelemetryBatch;
import dev.morphene.protocol.message.TelemetryBatch.GpuSample;
import dev.morphene.protocol.message.TelemetryBatch.MemorySample;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Samples on their way through days and years, on a clock that the test moves. */
@Timeout(300)
class TelemetryTest {
  private static final WorkerId WORKER = new WorkerId("node-1");
  private static final WorkerId STRANGER = new WorkerId("node-2");
  private static final SessionId SESSION = SessionId.fresh();
  private static final GpuUuid GPU = new GpuUuid("GPU-1");
  private static final AttemptId ATTEMPT = new AttemptId(new JobId(1), new AttemptNumber(1));
  private static final Instant NOON = Instant.parse("2026-03-31T12:00:00Z");

  private TestServers servers;
  private Connection connection;
  private Vertx vertx;
  private Database database;
  private Telemetry telemetry;
  private TelemetryRetention retention;

  @BeforeEach
  void start() throws SQLException {
    servers = TestServers.embedded();
    PgConnectOptions options = PgConnectOptions.fromUri(servers.postgresUri());
    Migrations.run(options);
    vertx = Vertx.vertx();
    database = new Database(vertx, options);
    telemetry = new Telemetry(database);
    retention = new TelemetryRetention(database);
    connection = servers.connect();
    run(
        """
        insert into batch (batch_id, idempotency_key, name) values (gen_random_uuid(), 'b', 'b');
        insert into job (batch_id, name, kind, priority, spec, queue, state, retry_budget)
          select batch_id, 'j', 'train', 0, '{}', 'none', 'running', 0 from batch;
        insert into attempt (job_id, number, worker, gpu, lease_until)
          values (1, 1, 'node-1', 'GPU-1', now() + interval '1 day')
        """);
  }

  @AfterEach
  void stop() throws Exception {
    connection.close();
    database.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
    servers.close();
  }

  @Test
  void storesEachBatchOnceAndCountsWhatIsMissing() throws SQLException {
    telemetry.store(List.of(jobs(WORKER, 1, 100), jobs(WORKER, 2, 300), jobs(WORKER, 2, 300)));
    telemetry.store(List.of(jobs(WORKER, 1, 100), jobs(WORKER, 5, 500)));
    // Another coordinator, which remembers nothing.
    new Telemetry(database).store(List.of(jobs(WORKER, 5, 500), jobs(WORKER, 4, 200)));

    assertThat(telemetry.samples()).isEqualTo(3);
    assertThat(telemetry.repeated()).isEqualTo(2);
    assertThat(database.transact(TelemetryLoss::read)).isEqualTo(new TelemetryLoss(4, 4, 1, 0));
    assertThat(
            text(
                "select memory_samples, memory_min_bytes, memory_max_bytes, memory_sum_bytes,"
                    + " memory_last_bytes from attempt"))
        .isEqualTo("4,100,500,1100,200");
    assertThat(text("select phase, peak_bytes from attempt_phase")).isEqualTo("1,500");
    assertThat(text("select count(*) from job_sample")).isEqualTo("4");
  }

  @Test
  void leavesOutWhatAStrangerSaysOfAnAttempt() throws SQLException {
    telemetry.store(List.of(jobs(STRANGER, 1, 900)));
    assertThat(text("select memory_samples from attempt")).isEqualTo("0");
    assertThat(text("select count(*) from job_sample")).isEqualTo("0");
    assertThat(text("select count(*) from attempt_phase")).isEqualTo("0");
  }

  @Test
  void keepsWhatNodesLostThemselves() {
    telemetry.store(List.of(gpus(1, NOON, 7), gpus(2, NOON, 9)));
    assertThat(database.transact(TelemetryLoss::read)).isEqualTo(new TelemetryLoss(2, 2, 0, 9));
  }

  @Test
  void rollsUpAFinishedMinuteAndAgainWhenMoreComes() throws SQLException {
    retention.round(NOON);
    telemetry.store(List.of(gpus(1, NOON.plusSeconds(1), 0), jobs(WORKER, 2, 100)));
    retention.round(NOON.plusSeconds(100));
    assertThat(text("select count(*) from gpu_minute")).as("not finished").isEqualTo("0");
    retention.round(NOON.plusSeconds(125));
    assertThat(
            text(
                "select samples, utilisation_min_percent, utilisation_mean_percent,"
                    + " utilisation_max_percent, free_min_bytes, free_mean_bytes, free_max_bytes"
                    + " from gpu_minute"))
        .isEqualTo("1,1,1,1,10,10,10");
    assertThat(
            text(
                "select samples, used_min_bytes, used_mean_bytes, used_max_bytes"
                    + " from job_minute"))
        .isEqualTo("1,100,100,100");
    telemetry.store(List.of(gpus(3, NOON.plusSeconds(59), 0)));
    retention.round(NOON.plusSeconds(185));
    assertThat(text("select samples, utilisation_max_percent, free_mean_bytes from gpu_minute"))
        .isEqualTo("2,3,20");
    assertThat(text("select count(*) from telemetry_due")).isEqualTo("0");
    assertThat(retention.rolledUp()).isEqualTo(4);
  }

  @Test
  void makesDaysAheadAndDropsOldOnes() throws SQLException {
    retention.round(NOON);
    assertThat(partitions("gpu_sample"))
        .isEqualTo(
            "gpu_sample_20260330,gpu_sample_20260331,gpu_sample_20260401,gpu_sample_20260402,"
                + "gpu_sample_other");
    assertThat(partitions("gpu_minute"))
        .isEqualTo(
            "gpu_minute_20260201,gpu_minute_20260301,gpu_minute_20260401,gpu_minute_20260501,"
                + "gpu_minute_other");
    telemetry.store(List.of(gpus(1, NOON, 0), jobs(WORKER, 2, 100)));
    retention.round(NOON.plus(Duration.ofDays(7)));
    assertThat(text("select count(*) from gpu_sample")).isEqualTo("1");
    retention.round(NOON.plus(Duration.ofDays(8)));
    assertThat(text("select count(*) from gpu_sample")).isEqualTo("0");
    assertThat(text("select count(*) from job_sample")).isEqualTo("0");
    assertThat(partitions("gpu_sample")).doesNotContain("20260331").contains("20260407");
    assertThat(text("select count(*) from gpu_minute")).as("minutes stay").isEqualTo("1");
    retention.round(NOON.plus(Duration.ofDays(366)));
    assertThat(text("select count(*) from gpu_minute")).isEqualTo("1");
    retention.round(NOON.plus(Duration.ofDays(398)));
    assertThat(text("select count(*) from gpu_minute")).isEqualTo("0");
    assertThat(text("select count(*) from job_minute")).isEqualTo("0");
  }

  @Test
  void survivesClocksThatAreWrong() throws SQLException {
    retention.round(NOON);
    Instant ahead = NOON.plus(Duration.ofDays(5));
    Instant farAhead = NOON.plus(Duration.ofDays(4_000));
    telemetry.store(List.of(gpus(1, Instant.EPOCH, 0), gpus(2, ahead, 0), gpus(3, NOON, 0)));
    telemetry.store(List.of(gpus(4, farAhead, 0)));
    assertThat(text("select count(*) from gpu_sample_other")).isEqualTo("3");
    retention.round(NOON.plus(Duration.ofMinutes(1)));
    assertThat(text("select count(*) from gpu_sample_other")).as("one may be right").isEqualTo("1");
    retention.round(ahead.minus(Duration.ofDays(1)));
    assertThat(text("select count(*) from gpu_sample_other")).isEqualTo("0");
    assertThat(text("select count(*) from telemetry_due")).isEqualTo("1");
    assertThat(text("select count(*) from gpu_sample_20260405")).as("moved").isEqualTo("1");
  }

  @Test
  void letsOneCoordinatorAtATimeHaveTheTurn() throws Exception {
    telemetry.store(List.of(gpus(1, NOON, 0), jobs(WORKER, 2, 100)));
    ExecutorService rivals = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> rounds = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        rounds.add(
            rivals.submit(
                () -> new TelemetryRetention(database).round(NOON.plus(Duration.ofHours(1)))));
      }
      for (Future<?> round : rounds) {
        round.get(120, TimeUnit.SECONDS);
      }
    } finally {
      rivals.shutdown();
    }
    retention.round(NOON.plus(Duration.ofHours(1)));
    assertThat(text("select count(*) from gpu_minute")).isEqualTo("1");
    assertThat(text("select count(*) from gpu_sample")).isEqualTo("1");
  }

  private static TelemetryBatch jobs(WorkerId worker, long sequence, long bytes) {
    return new TelemetryBatch(
        TelemetryBatch.VERSION,
        worker,
        SESSION,
        sequence,
        0,
        List.of(new MemorySample(ATTEMPT, GPU, NOON, new ByteSize(bytes), OptionalInt.of(1))),
        List.of());
  }

  /** Its utilisation is its sequence, and its free memory ten times that. */
  private static TelemetryBatch gpus(long sequence, Instant at, long lost) {
    return new TelemetryBatch(
        TelemetryBatch.VERSION,
        WORKER,
        SESSION,
        sequence,
        lost,
        List.of(),
        List.of(
            new GpuSample(
                GPU,
                at,
                new ByteSize(1_000),
                Optional.of(new ByteSize(10 * sequence)),
                OptionalInt.of((int) sequence))));
  }

  private String partitions(String table) throws SQLException {
    return text(
        "select string_agg(inhrelid::regclass::text, ',' order by inhrelid::regclass::text)"
            + " from pg_inherits where inhparent = '"
            + table
            + "'::regclass");
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first row, its columns with commas between. */
  private String text(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      List<String> columns = new ArrayList<>();
      for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
        columns.add(result.getString(i));
      }
      return String.join(",", columns);
    }
  }
}
