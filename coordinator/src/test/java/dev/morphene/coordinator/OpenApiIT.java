package dev.morphene.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.client.MorpheneClient;
import dev.morphene.coordinator.api.ApiDocument;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.message.TelemetryBatch;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.submission.Submission;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a coordinator at work answers is what its description says, to the last field. */
@Timeout(300)
class OpenApiIT {
  private static final QueueName SMALL = QueueName.training(MemoryClass.UNDER_30_GB);
  private static final Set<String> NOT_JSON =
      Set.of("GET /", "GET /page.css", "GET /page.js", "GET /metrics");

  private static Cluster cluster;
  private static MorpheneClient client;
  private static ApiDocument document;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Set<String> seen = new TreeSet<>();
  private final List<String> problems = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    cluster = new Cluster(TestServers.embedded());
    cluster.consume(SMALL);
    client = new MorpheneClient(URI.create(cluster.httpUri()));
    document = ApiDocument.bundled();
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  @Test
  void everyAnswerIsAsDescribed() throws Exception {
    Submission submission =
        Specs.submission(
            Specs.request(
                "train",
                Specs.train("v2", Optional.of(Specs.auditAndExport(OptionalLong.of(500))))),
            Specs.request("audit", Specs.audit(), "train"));
    post("/api/v1/submissions?dryRun=true", submission, 200);
    JsonNode accepted = post("/api/v1/submissions", submission, 201);
    post("/api/v1/submissions", submission, 200);
    long train = accepted.get("jobs").get("train").asLong();
    long waiting = accepted.get("jobs").get("audit").asLong();
    String batch = accepted.get("batch").asText();
    work(train);
    JsonNode source =
        post(
            "/api/v1/sources",
            ProtocolJson.mapper()
                .readTree(
                    """
                    {"instrument": 1, "type": "musical", "name": "Juno", "origin": "synthesized",
                     "license": "ours", "durationSeconds": 5400.5, "quality": 4,
                     "processing": ["trim"], "files": ["/a.wav"], "notes": "loud"}
                    """),
            201);
    String path = "/api/v1/sources/" + source.get("id").asLong();
    post(path + "/references", Map.of("file", "/r.wav", "durationSeconds", 30.0), 200);
    send("PATCH", path, ProtocolJson.mapper().readTree("{\"license\": null, \"quality\": 5}"), 200);
    for (String steer : List.of("pause", "resume")) {
      post("/api/v1/queue/" + steer, null, 200);
      post("/api/v1/jobs/" + waiting + "/" + steer, null, 200);
    }
    post("/api/v1/jobs/" + waiting + "/priority", Map.of("priority", 7), 200);
    post("/api/v1/nodes/node-2/quarantine", Map.of("reason", "a fan is loud"), 200);
    for (String get :
        List.of(
            "/api/v1/queue",
            "/api/v1/jobs?limit=10",
            "/api/v1/jobs/" + train,
            "/api/v1/jobs/" + waiting,
            "/api/v1/jobs/" + train + "/events",
            "/api/v1/jobs/" + train + "/log",
            "/api/v1/jobs/" + train + "/memory",
            "/api/v1/jobs/" + train + "/why",
            "/api/v1/jobs/" + waiting + "/why",
            "/api/v1/jobs/" + waiting + "/memory",
            "/api/v1/batches",
            "/api/v1/batches/" + batch,
            "/api/v1/nodes",
            "/api/v1/sources?instrument=1",
            path,
            "/api/v1/instruments",
            "/api/v1/instruments/1/readiness",
            "/api/v1/readiness",
            "/api/v1/openapi.json",
            "/health")) {
      check("GET", get, 200, client.tree(get));
    }
    post("/api/v1/nodes/node-2/release", null, 200);
    post("/api/v1/nodes/node-2/drain", null, 202);
    post("/api/v1/jobs/" + waiting + "/cancel", null, 200);
    post("/api/v1/jobs/" + waiting + "/retry", null, 200);
    post("/api/v1/batches/" + batch + "/cancel", null, 200);
    send("DELETE", path, null, 204);
    check("GET", "/api/v1/jobs?limit=10", 200, client.tree("/api/v1/jobs?limit=10"));
    refusals(train);
    assertThat(problems).isEmpty();
    Set<String> unseen = new TreeSet<>(document.operations());
    unseen.removeAll(seen);
    assertThat(unseen).as("operations that were not tried").isEqualTo(NOT_JSON);
  }

  private void refusals(long train) throws Exception {
    post("/api/v1/submissions", Map.of(), 400);
    post("/api/v1/jobs/" + train + "/pause", null, 409);
    post("/api/v1/jobs/" + train + "/priority", Map.of("priority", "high"), 400);
    post("/api/v1/jobs/999999/resume", null, 404);
    post("/api/v1/nodes/nobody/quarantine", Map.of("reason", "why not"), 404);
    send("PATCH", "/api/v1/sources/999999", Map.of("quality", 5), 404);
    send("GET", "/api/v1/sources?instrument=51", null, 400);
    send("GET", "/api/v1/instruments/51/readiness", null, 404);
    send("GET", "/api/v1/batches/x", null, 400);
  }

  /** A job that fails once with all there is to say, and is completed. */
  private static void work(long job) throws Exception {
    AttemptId attempt = cluster.take(SMALL, job).attempt();
    cluster.say(attempt, new AttemptReport.Started(9, "cuda", Map.of("config", "v2")));
    cluster.say(
        attempt,
        new AttemptReport.Progressed(
            "representation",
            10,
            1_000,
            OptionalDouble.of(2.5),
            OptionalLong.of(396_000),
            ByteSize.ofGb(9),
            Map.of("loss", 0.25)));
    cluster.say(attempt, new AttemptReport.Validated(10, 1, 3.5, Map.of("fidelity_0.95", 12.0)));
    cluster.say(
        attempt,
        new AttemptReport.CheckpointStored(500, 1, "/m/step.ckpt", "ab12", new ByteSize(77)));
    cluster.say(attempt, new AttemptReport.Warned("a file was left out"));
    cluster.say(
        attempt,
        new AttemptReport.HealthNoticed(
            "silence", 500, "The model is silent.", Map.of("output_decibels", -90.0)));
    cluster.say(attempt, new AttemptReport.Logged(List.of("epoch 1", "epoch 2"), 3));
    cluster
        .broker
        .publish(
            QueueName.TELEMETRY,
            ProtocolJson.write(
                new TelemetryBatch(
                    TelemetryBatch.VERSION,
                    Cluster.WORKER,
                    Cluster.SESSION,
                    1,
                    0,
                    List.of(
                        new TelemetryBatch.MemorySample(
                            attempt,
                            Cluster.GPU,
                            Instant.now(),
                            ByteSize.ofGb(9),
                            OptionalInt.of(1))),
                    List.of())))
        .get(120, java.util.concurrent.TimeUnit.SECONDS);
    cluster.await(job, view -> view.path("memory").path("samples").asLong() == 1);
    cluster.say(
        attempt,
        new AttemptReport.Failed(
            ErrorClass.TRAINER_CRASH, "It broke.", List.of("last"), "Look.", ByteSize.ofGb(9)));
    cluster.awaitState(job, "pending");
    AttemptId second = cluster.take(SMALL, job).attempt();
    cluster.say(second, Cluster.completed("{\"finalStep\": 1000}"));
    cluster.awaitState(job, "completed");
  }

  private JsonNode post(String path, Object body, int status) throws Exception {
    return send("POST", path, body, status);
  }

  private JsonNode send(String method, String path, Object body, int status) throws Exception {
    HttpResponse<byte[]> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(cluster.httpUri() + path))
                .method(
                    method,
                    body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofByteArray(ProtocolJson.write(body)))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode())
        .as("%s %s: %s", method, path, new String(answer.body()))
        .isEqualTo(status);
    String operation = operation(method, path);
    if (body != null && status < 300) {
      problems.addAll(document.problems(operation, ProtocolJson.tree(body)));
    }
    if (answer.body().length == 0) {
      seen.add(operation);
      assertThat(status).isEqualTo(204);
      return null;
    }
    return check(method, path, status, ProtocolJson.mapper().readTree(answer.body()));
  }

  private JsonNode check(String method, String path, int status, JsonNode answer) {
    String operation = operation(method, path);
    seen.add(operation);
    problems.addAll(document.problems(operation, status, answer));
    return answer;
  }

  /** The description's name of it. */
  private static String operation(String method, String path) {
    String plain = path.replaceFirst("\\?.*", "");
    List<String> fitting =
        document.operations().stream()
            .filter(operation -> operation.startsWith(method + " "))
            .filter(
                operation ->
                    Pattern.matches(
                        Stream.of(operation.split(" ")[1].split("(?=/)"))
                            .map(part -> part.startsWith("/{") ? "/[^/]+" : Pattern.quote(part))
                            .collect(Collectors.joining()),
                        plain))
            .toList();
    assertThat(fitting).as("%s %s", method, path).hasSize(1);
    return fitting.get(0);
  }
}
