package dev.morphene.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.broker.Broker;
import dev.morphene.broker.BrokerConfig;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Migrations;
import dev.morphene.coordinator.outbox.OutboxPublisher;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much is published ahead of the nodes. */
@Timeout(120)
class PublishingWindowTest {
  private static final String SMALL_CLASS = "morphene.train.under-30gb";

  private TestServers servers;
  private Connection connection;
  private Vertx vertx;
  private Database database;
  private Broker broker;
  private OutboxPublisher publisher;

  @BeforeEach
  void start() throws Exception {
    servers = TestServers.embedded();
    PgConnectOptions options = PgConnectOptions.fromUri(servers.postgresUri());
    Migrations.run(options);
    vertx = Vertx.vertx();
    database = new Database(vertx, options);
    broker = Broker.connect(BrokerConfig.of(servers.amqpUri(), servers.queuePrefix()), "publisher");
    broker.ready().get(20, TimeUnit.SECONDS);
    publisher = new OutboxPublisher(database, broker, 2, Duration.ofSeconds(20));
    connection = servers.connect();
    run("insert into batch (batch_id, idempotency_key, name) values (gen_random_uuid(), 'b', 'b')");
  }

  @AfterEach
  void stop() throws Exception {
    connection.close();
    broker.close();
    database.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    servers.close();
  }

  @Test
  void eachSizeOfAQueueHasAWindowOfItsOwn() throws SQLException {
    jobs(SMALL_CLASS, "'large'", 3, 5);
    jobs(SMALL_CLASS, "'small'", 3, 5);
    publisher.round();
    assertThat(queued()).as("the large ones came first").isEqualTo("large x3 2,small x3 2");
    assertThat(publisher.leftSome()).isTrue();
    run("update job set state = 'running' where recipe = 'small' and state = 'queued'");
    publisher.round();
    publisher.round();
    assertThat(queued()).isEqualTo("large x3 2,small x3 2");
  }

  @Test
  void jobsThatShareWithFewerAreASizeOfTheirOwn() throws SQLException {
    jobs(SMALL_CLASS, "'v2'", 3, 3);
    jobs(SMALL_CLASS, "'v2'", 1, 3);
    publisher.round();
    assertThat(queued()).isEqualTo("v2 x1 2,v2 x3 2");
  }

  @Test
  void whatTheNodesHaveRoomForIsPublishedBeyondTheWindow() throws SQLException {
    jobs("morphene.audit", "null", 3, 9);
    run(
        "insert into worker (worker, host, kinds, devices, running, room) values ('n', 'h', '[]',"
            + " '[]', '[]', '[{\"queue\": \"morphene.audit\", \"jobs\": 4}]')");
    publisher.round();
    assertThat(queued()).isEqualTo(" 6");
  }

  private void jobs(String queue, String recipe, int sideBySide, int count) throws SQLException {
    run(
        "with j as (insert into job (batch_id, name, kind, priority, spec, queue, state,"
            + " retry_budget, recipe, side_by_side) select batch_id, "
            + sideBySide
            + " || coalesce("
            + recipe
            + ", '') || i, 'train', 0, '{}', '"
            + queue
            + "', 'pending', 0, "
            + recipe
            + ", "
            + sideBySide
            + " from batch, generate_series(1, "
            + count
            + ") i returning job_id, queue, size, batch_id) insert into outbox (job_id, attempt,"
            + " queue, size, batch_id, urgency) select job_id, 1, queue, size, batch_id, 0 from j");
  }

  /** Sizes with their number of published jobs. */
  private String queued() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "select string_agg(size || ' ' || jobs, ',' order by size) from (select size,"
                    + " count(*) as jobs from job where state = 'queued' group by size) s")) {
      result.next();
      return result.getString(1);
    }
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
