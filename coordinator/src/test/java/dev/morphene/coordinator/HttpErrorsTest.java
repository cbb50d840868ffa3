package dev.morphene.coordinator;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.submission.JobRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class HttpErrorsTest {
  private static Cluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = new Cluster(TestServers.embedded());
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  @Test
  void refusesASubmissionThatCannotBeRead() throws Exception {
    expect(cluster.post("/api/v1/submissions", ""), 400, "cannot be read");
    expect(cluster.post("/api/v1/submissions", "[1"), 400, "cannot be read");
    expect(cluster.post("/api/v1/submissions", "{\"version\": 2}"), 400, "version");
    expect(
        cluster.post("/api/v1/submissions", "{\"version\": 1, \"key\": []}"),
        400,
        "(at key): a text is expected.");
    expect(
        cluster.post(
            "/api/v1/submissions", "{\"version\": 1, \"jobs\": [{\"spec\": {\"kind\": 5}}]}"),
        400,
        "its \"kind\" is one of preprocess, train, audit, export, not \"5\".");
    expect(
        cluster.post("/api/v1/sources", "{\"instrument\": 1, \"type\": \"loud\"}"),
        400,
        "(at type): one of musical, nonmusical is expected, not \"loud\".");
    expect(
        cluster.post("/api/v1/nodes/a/quarantine", "{\"reason\": \"\\u0000\"}"),
        400,
        "zero character");
  }

  @Test
  void refusesUnknownConfigsAndInstrumentsWithTheList() throws Exception {
    JobRequest config = Specs.request("train", Specs.train("v9", Optional.empty()));
    expect(submit(config), 400, "v1, v2, v2_small, v3");
    JobRequest instrument =
        new JobRequest(
            "audit",
            OptionalInt.of(51),
            OptionalInt.empty(),
            List.of(),
            OptionalInt.empty(),
            Specs.audit());
    expect(submit(instrument), 400, "1 to 50");
  }

  @Test
  void refusesABodyThatIsTooLong() throws Exception {
    expect(cluster.post("/api/v1/submissions", "x".repeat(5 << 20)), 413, "longer than");
  }

  @Test
  void refusesPagesOfAnotherSite() throws Exception {
    expect(
        cluster.post("/api/v1/jobs/1/cancel", "", "Origin", "http://elsewhere.example"),
        403,
        "another site");
  }

  @Test
  void saysWhatIsNotThere() throws Exception {
    expect(cluster.get("/api/v1/jobs/999999"), 404, "no job 999999");
    expect(cluster.get("/api/v1/jobs/999999/events"), 404, "no job 999999");
    expect(cluster.post("/api/v1/jobs/999999/cancel", ""), 404, "no job 999999");
    expect(cluster.get("/api/v1/batches/00000000-0000-0000-0000-000000000000"), 404, "no batch");
    expect(cluster.get("/elsewhere"), 404, "/api/v1");
    expect(cluster.get("/api/v1/jobs/abc"), 400, "is a number");
    expect(cluster.get("/api/v1/jobs/0"), 400, "1 or more");
    expect(cluster.get("/api/v1/batches/abc"), 400, "UUID");
    expect(cluster.get("/api/v1/jobs?state=sleeping"), 400, "is one of");
    expect(cluster.get("/api/v1/jobs?limit=0"), 400, "from 1 to 1000");
  }

  @Test
  void refusesToRetryWhatHasNotFailed() throws Exception {
    long job =
        cluster.submitOne(
            Specs.submission(Specs.request("train", Specs.train("tiny", Optional.empty()))));
    expect(cluster.post("/api/v1/jobs/" + job + "/retry", ""), 409, "only a failed or cancelled");
    assertThat(Cluster.json(cluster.get("/api/v1/jobs?state=pending&limit=5")).get("jobs"))
        .isNotEmpty();
  }

  @Test
  void isHealthy() throws Exception {
    HttpResponse<String> health = cluster.get("/health");
    assertThat(health.statusCode()).as(health.body()).isEqualTo(200);
    assertThat(cluster.names(Cluster.json(health).get("loops"), "name"))
        .containsExactly("outbox", "reaper", "reservations", "telemetry", "events", "statistics");
  }

  @Test
  void namesThePortThatIsInUse() throws Exception {
    CoordinatorConfig config = cluster.config();
    int taken = java.net.URI.create(cluster.httpUri()).getPort();
    CoordinatorConfig second =
        CoordinatorConfig.of(config.postgresUri(), config.amqpUri(), taken)
            .withQueuePrefix(config.queuePrefix());
    assertThatThrownBy(() -> Coordinator.start(second).get(120, SECONDS))
        .cause()
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("Port " + taken)
        .hasMessageContaining("choose another");
  }

  @Test
  void namesTheDatabaseThatDoesNotAnswer() {
    CoordinatorConfig config =
        CoordinatorConfig.of("postgresql://u:secret@127.0.0.1:1/none", "amqp://localhost", 0);
    assertThatThrownBy(() -> Coordinator.start(config).get(120, SECONDS))
        .cause()
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("127.0.0.1:1/none")
        .hasMessageNotContaining("secret");
  }

  private static HttpResponse<String> submit(JobRequest job) throws Exception {
    return cluster.post(
        "/api/v1/submissions", new String(ProtocolJson.write(Specs.submission(job))));
  }

  private static void expect(HttpResponse<String> answer, int status, String words)
      throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(Cluster.json(answer).get("error").asText()).contains(words);
  }
}
