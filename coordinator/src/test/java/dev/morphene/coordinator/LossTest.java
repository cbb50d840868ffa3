package dev.morphene.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.embedded.EmbeddedBroker;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.message.ClaimReply;
import dev.morphene.protocol.message.HeartbeatReply.Action;
import dev.morphene.protocol.queue.QueueName;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes, coordinators, messages and the broker go away in the middle of things. */
@Timeout(300)
class LossTest {
  private static final QueueName TRAIN = QueueName.training(MemoryClass.UNDER_30_GB);
  private static final QueueName AUDIT = QueueName.work(JobKind.AUDIT);

  @Test
  void givesTheJobOfASilentNodeToAnotherAndRefusesTheZombie() throws Exception {
    try (Cluster cluster = new Cluster(TestServers.embedded())) {
      cluster.consume(TRAIN);
      long job = cluster.submitOne(Specs.submission(train()));
      AttemptId first = cluster.take(TRAIN, job).attempt();
      cluster.expire(first);
      AttemptId second = cluster.take(TRAIN, job).attempt();
      assertThat(second.attempt().value()).isEqualTo(2);
      assertThat(cluster.beat(first).directives())
          .singleElement()
          .satisfies(directive -> assertThat(directive.action()).isEqualTo(Action.ABANDON));
      cluster.say(first, Cluster.completed("{\"by\": \"zombie\"}"));
      cluster.say(second, Cluster.completed("{\"by\": \"heir\"}"));
      JsonNode view = cluster.awaitState(job, "completed");
      assertThat(view.at("/result/by").asText()).isEqualTo("heir");
      assertThat(view.at("/attempts/0/outcome").asText()).isEqualTo("lost");
      assertThat(view.at("/attempts/0/errorClass").asText()).isEqualTo("host-lost");
      assertThat(view.get("failures").asInt()).isZero();
    }
  }

  @Test
  void cancelsAJobWhoseNodeWentBeforeItConfirmed() throws Exception {
    try (Cluster cluster = new Cluster(TestServers.embedded())) {
      cluster.consume(TRAIN);
      long job = cluster.submitOne(Specs.submission(train()));
      AttemptId attempt = cluster.take(TRAIN, job).attempt();
      cluster.post("/api/v1/jobs/" + job + "/cancel", "");
      cluster.expire(attempt);
      cluster.awaitState(job, "cancelled");
    }
  }

  @Test
  void goesOnWhereAStoppedCoordinatorLeftOff() throws Exception {
    try (Cluster cluster = new Cluster(TestServers.embedded())) {
      cluster.consume(TRAIN);
      cluster.consume(AUDIT);
      JsonNode batch =
          cluster.submit(Specs.submission(train(), Specs.request("audit", Specs.audit(), "train")));
      long train = batch.at("/jobs/train").asLong();
      long audit = batch.at("/jobs/audit").asLong();
      AttemptId attempt = cluster.take(TRAIN, train).attempt();
      cluster.stopCoordinator();
      cluster.say(attempt, Cluster.completed("{}"));
      cluster.startCoordinator();
      assertThat(cluster.beat(attempt).leaseMillis()).isEqualTo(Cluster.LEASE.toMillis());
      cluster.awaitState(train, "completed");
      cluster.say(cluster.take(AUDIT, audit).attempt(), Cluster.completed("{}"));
      cluster.awaitState(audit, "completed");
    }
  }

  @Test
  void publishesAgainWhatTheBrokerLost() throws Exception {
    try (Cluster cluster = new Cluster(TestServers.embedded())) {
      cluster.consume(TRAIN);
      long job = cluster.submitOne(Specs.submission(train()));
      AttemptId lost = cluster.next(TRAIN, new dev.morphene.protocol.job.JobId(job));
      AttemptId again = cluster.take(TRAIN, job).attempt();
      assertThat(again).isEqualTo(lost);
    }
  }

  @Test
  void survivesARestartOfTheBroker(@TempDir Path folder) throws Exception {
    EmbeddedBroker broker = EmbeddedBroker.start(folder, 0);
    try (Cluster cluster = new Cluster(TestServers.embedded(), broker.amqpUri())) {
      cluster.consume(TRAIN);
      long before = cluster.submitOne(Specs.submission(train()));
      AttemptId running = cluster.take(TRAIN, before).attempt();
      int port = broker.port();
      broker.close();
      long during = cluster.submitOne(Specs.submission(train()));
      while (cluster.get("/health").statusCode() != 503) {
        Thread.onSpinWait();
      }
      broker = EmbeddedBroker.start(folder, port);
      ClaimReply.Granted granted = cluster.take(TRAIN, during);
      cluster.say(running, Cluster.completed("{}"));
      cluster.say(granted.attempt(), Cluster.completed("{}"));
      cluster.awaitState(before, "completed");
      cluster.awaitState(during, "completed");
    } finally {
      broker.close();
    }
  }

  @Test
  void comesBackWhenTheDatabaseDroppedItsConnections() throws Exception {
    try (Cluster cluster = new Cluster(TestServers.embedded())) {
      cluster.consume(TRAIN);
      try (Connection connection = cluster.servers.connect();
          Statement statement = connection.createStatement()) {
        statement.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname ="
                + " current_database() and pid <> pg_backend_pid()");
      }
      long job = cluster.submitOne(Specs.submission(train()));
      cluster.say(cluster.take(TRAIN, job).attempt(), Cluster.completed("{}"));
      cluster.awaitState(job, "completed");
    }
  }

  private static dev.morphene.protocol.submission.JobRequest train() {
    return Specs.request("train", Specs.train("tiny", Optional.empty()));
  }
}
