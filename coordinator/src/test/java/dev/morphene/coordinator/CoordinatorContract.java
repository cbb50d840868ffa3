package dev.morphene.coordinator;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.broker.Delivery;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.message.AttemptEvent;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.message.ClaimReply;
import dev.morphene.protocol.message.HeartbeatReply.Action;
import dev.morphene.protocol.message.TelemetryBatch;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.spec.ExportSpec;
import dev.morphene.protocol.submission.Submission;
import dev.morphene.protocol.submission.SubmissionReply;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What a coordinator promises to operators and nodes, on any database and broker. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CoordinatorContract {
  private static final QueueName TRAIN = QueueName.training(MemoryClass.UNDER_30_GB);
  private static final QueueName AUDIT = QueueName.work(JobKind.AUDIT);
  private static final QueueName EXPORT = QueueName.work(JobKind.EXPORT);
  private static final WorkerId OTHER = new WorkerId("node-2");

  private Cluster cluster;

  abstract TestServers servers();

  @BeforeAll
  void start() throws Exception {
    cluster = new Cluster(servers());
    cluster.consume(TRAIN);
    cluster.consume(AUDIT);
    cluster.consume(EXPORT);
  }

  @AfterAll
  void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void acceptsTheSameKeyOnceAlsoInARace() throws Exception {
    Submission submission = Specs.submission(Specs.request("train", plainTrain()));
    byte[] body = ProtocolJson.write(submission);
    List<SubmissionReply> replies =
        atOnce(
            8,
            () ->
                ProtocolJson.read(
                    cluster
                        .broker
                        .request(QueueName.SUBMIT, body, Duration.ofSeconds(120))
                        .get(120, SECONDS),
                    SubmissionReply.class));
    var answer = cluster.post("/api/v1/submissions", new String(body));

    Set<Object> ids = new HashSet<>();
    int fresh = 0;
    for (SubmissionReply reply : replies) {
      SubmissionReply.Accepted accepted = (SubmissionReply.Accepted) reply;
      ids.add(accepted.batch());
      ids.add(accepted.jobs());
      fresh += accepted.alreadyKnown() ? 0 : 1;
    }
    assertThat(ids).hasSize(2);
    assertThat(fresh).isEqualTo(1);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Cluster.json(answer).get("alreadyKnown").asBoolean()).isTrue();
    assertThat(ids.toString()).contains(Cluster.json(answer).get("batch").asText());
  }

  @Test
  void deadLettersAMalformedSubmissionAndTellsTheSender() throws Exception {
    cluster.consume(QueueName.SUBMIT.deadLetter());
    SubmissionReply reply =
        ProtocolJson.read(
            cluster
                .broker
                .request(QueueName.SUBMIT, "{\"version\": 1}".getBytes(), Duration.ofSeconds(120))
                .get(120, SECONDS),
            SubmissionReply.class);
    assertThat(reply)
        .isInstanceOfSatisfying(
            SubmissionReply.Refused.class,
            refused -> assertThat(refused.message()).contains("\"key\" is missing."));
    Delivery letter = cluster.inbox.get(QueueName.SUBMIT.deadLetter()).poll(120, SECONDS);
    assertThat(letter).isNotNull();
    assertThat(letter.headers().get(QueueName.REASON_HEADER)).contains("\"key\" is missing.");
    letter.ack();
  }

  @Test
  void grantsAnAttemptToOneOfEightAndToItsHolderAgain() throws Exception {
    long job = cluster.submitOne(Specs.submission(Specs.request("train", plainTrain())));
    AttemptId attempt = cluster.next(TRAIN, new JobId(job));
    int[] number = {0};
    List<ClaimReply> replies =
        atOnce(
            8,
            () -> {
              WorkerId worker;
              synchronized (number) {
                worker = new WorkerId("rival-" + number[0]++);
              }
              cluster.enter(worker);
              return cluster.claim(attempt, worker);
            });
    assertThat(replies).filteredOn(reply -> !reply.granted().isEmpty()).hasSize(1);
    JsonNode view = cluster.awaitState(job, "running");
    WorkerId holder = new WorkerId(view.get("worker").asText());
    assertThat(cluster.claim(attempt, holder).granted()).hasSize(1);
    assertThat(cluster.claim(attempt, OTHER).refused()).hasSize(1);
  }

  @Test
  void refusesEventsOfWhoeverDoesNotHoldTheAttempt() throws Exception {
    long job = cluster.submitOne(Specs.submission(Specs.request("train", plainTrain())));
    AttemptId first = cluster.take(TRAIN, job).attempt();
    cluster.say(first, OTHER, Cluster.completed("{}"));
    cluster.say(first, new AttemptReport.GivenBack(ErrorClass.DRAINED, 5));
    AttemptId second = cluster.take(TRAIN, job).attempt();
    assertThat(second.attempt()).isEqualTo(new AttemptNumber(2));
    cluster.say(first, Cluster.completed("{\"zombie\": true}"));
    cluster.say(second, Cluster.completed("{\"zombie\": false}"));

    JsonNode view = cluster.awaitState(job, "completed");
    assertThat(view.get("result").get("zombie").asBoolean()).isFalse();
    assertThat(view.get("failures").asInt()).isZero();
    JsonNode events = Cluster.json(cluster.get("/api/v1/jobs/" + job + "/events")).get("events");
    assertThat(events).hasSize(4);
    assertThat(events.get(0).get("refused").asText()).contains("Another worker");
    assertThat(events.get(2).get("refused").asText()).contains("is over");
    assertThat(events.get(3).has("refused")).isFalse();
    long last = events.get(2).get("id").asLong();
    assertThat(
            Cluster.json(cluster.get("/api/v1/jobs/" + job + "/events?after=" + last))
                .get("events"))
        .hasSize(1);
  }

  @Test
  void storesAnEventOnce() throws Exception {
    long job = cluster.submitOne(Specs.submission(Specs.request("train", plainTrain())));
    AttemptId attempt = cluster.take(TRAIN, job).attempt();
    AttemptEvent failed = cluster.say(attempt, failed(ErrorClass.TRAINER_CRASH));
    cluster.send(failed);
    cluster.send(failed);
    AttemptId second = cluster.take(TRAIN, job).attempt();
    cluster.send(failed);
    cluster.say(second, Cluster.completed("{}"));
    JsonNode view = cluster.awaitState(job, "completed");
    assertThat(view.get("failures").asInt()).isEqualTo(1);
    assertThat(view.get("attempts")).hasSize(2);
    assertThat(Cluster.json(cluster.get("/api/v1/jobs/" + job + "/events")).get("events"))
        .hasSize(2);
  }

  @Test
  void showsEverythingThatIsKnownAboutARun() throws Exception {
    long job = cluster.submitOne(Specs.submission(Specs.request("train", plainTrain())));
    AttemptId attempt = cluster.take(TRAIN, job).attempt();
    cluster.say(attempt, new AttemptReport.Started(9, "cuda:0", Map.of("config", "tiny")));
    cluster.say(
        attempt,
        new AttemptReport.Progressed(
            "representation",
            250,
            1_000,
            OptionalDouble.of(2.5),
            OptionalLong.of(300_000),
            ByteSize.ofGb(2),
            Map.of("loss", 1.5)));
    cluster.say(attempt, new AttemptReport.Validated(200, 1, 0.5, Map.of("fidelity_0.95", 4.0)));
    cluster.say(
        attempt, new AttemptReport.CheckpointStored(200, 1, "/c/200", "ab", ByteSize.ofGb(0.1)));
    cluster.say(attempt, new AttemptReport.Warned("One file \0was left out."));
    cluster.say(
        attempt,
        new AttemptReport.HealthNoticed(
            "silence", 200, "The model is silent.", Map.of("output_decibels", -90.0)));
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
                    List.of(sample(attempt, 1, 100), sample(attempt, 2, 300)),
                    List.of())))
        .get(120, SECONDS);
    cluster.beat(attempt);

    JsonNode view =
        cluster.await(
            job, seen -> seen.path("memory").has("samples") && seen.get("warnings").size() == 2);
    assertThat(view.at("/progress/stage").asText()).isEqualTo("representation");
    assertThat(view.at("/progress/stepsPerSecond").asDouble()).isEqualTo(2.5);
    assertThat(view.at("/progress/remainingMillis").asLong()).isEqualTo(300_000);
    assertThat(view.at("/progress/measures/loss").asDouble()).isEqualTo(1.5);
    assertThat(view.at("/memory/minBytes").asLong()).isEqualTo(100);
    assertThat(view.at("/memory/meanBytes").asLong()).isEqualTo(200);
    assertThat(view.at("/memory/maxBytes").asLong()).isEqualTo(300);
    assertThat(view.at("/validations/0/distance").asDouble()).isEqualTo(0.5);
    assertThat(view.at("/checkpoints/0/path").asText()).isEqualTo("/c/200");
    assertThat(view.at("/warnings/0/message").asText()).isEqualTo("One file was left out.");
    assertThat(view.at("/warnings/1/message").asText()).isEqualTo("The model is silent.");
    assertThat(view.at("/attempts/0/recipe/config").asText()).isEqualTo("tiny");
    assertThat(view.at("/instrument/name").asText()).isEqualTo("Traffijuno");
    assertThat(view.at("/spec/config").asText()).isEqualTo("tiny");
    JsonNode nodes = Cluster.json(cluster.get("/api/v1/nodes")).get("nodes");
    assertThat(nodes.get(0).get("alive").asBoolean()).isTrue();
    assertThat(nodes.get(0).at("/running/0/job").asLong()).isEqualTo(job);
    assertThat(cluster.get("/metrics").body()).contains("morphene_claims_granted_total");
    assertThat(cluster.get("/").body()).contains("<title>Morphene</title>", "page.css", "page.js");
    assertThat(cluster.get("/page.css").headers().firstValue("Content-Type"))
        .contains("text/css; charset=utf-8");
    assertThat(cluster.get("/page.js").headers().firstValue("Content-Type"))
        .contains("text/javascript; charset=utf-8");
  }

  @Test
  void cancelsAtOnceWhatNobodyRuns() throws Exception {
    JsonNode batch =
        cluster.submit(
            Specs.submission(
                Specs.request("train", plainTrain()),
                Specs.request("audit", Specs.audit(), "train")));
    long train = batch.at("/jobs/train").asLong();
    long audit = batch.at("/jobs/audit").asLong();
    assertThat(cluster.job(audit).get("waitsFor").get(0).asLong()).isEqualTo(train);
    AttemptId queued = cluster.next(TRAIN, new JobId(train));
    assertThat(cluster.post("/api/v1/jobs/" + train + "/cancel", "").statusCode()).isEqualTo(200);
    assertThat(cluster.job(train).get("state").asText()).isEqualTo("cancelled");
    assertThat(cluster.claim(queued, Cluster.WORKER).refused()).hasSize(1);
    JsonNode blocked = cluster.job(audit);
    assertThat(blocked.get("state").asText()).isEqualTo("cancelled");
    assertThat(blocked.at("/error/message").asText()).contains("It needs job " + train);

    assertThat(cluster.post("/api/v1/jobs/" + audit + "/retry", "").statusCode()).isEqualTo(409);
    assertThat(cluster.post("/api/v1/jobs/" + train + "/retry", "").statusCode()).isEqualTo(200);
    assertThat(cluster.job(audit).get("state").asText()).isEqualTo("pending");
    AttemptId again = cluster.take(TRAIN, train).attempt();
    assertThat(again.attempt().value()).isEqualTo(2);
    cluster.say(again, Cluster.completed("{}"));
    cluster.say(cluster.take(AUDIT, audit).attempt(), Cluster.completed("{\"distance\": 1}"));
    cluster.awaitState(audit, "completed");
  }

  @Test
  void tellsTheNodeToCancelUntilItHas() throws Exception {
    long job = cluster.submitOne(Specs.submission(Specs.request("train", plainTrain())));
    AttemptId attempt = cluster.take(TRAIN, job).attempt();
    assertThat(cluster.beat(attempt).directives()).isEmpty();
    cluster.post("/api/v1/jobs/" + job + "/cancel", "");
    cluster.post("/api/v1/jobs/" + job + "/cancel", "");
    for (int i = 0; i < 2; i++) {
      assertThat(cluster.beat(attempt).directives())
          .singleElement()
          .satisfies(directive -> assertThat(directive.action()).isEqualTo(Action.CANCEL));
    }
    assertThat(cluster.job(job).get("cancelRequested").asBoolean()).isTrue();
    cluster.say(attempt, new AttemptReport.GivenBack(ErrorClass.CANCELLED, 7));
    cluster.awaitState(job, "cancelled");
    assertThat(cluster.beat(attempt).directives())
        .singleElement()
        .satisfies(directive -> assertThat(directive.action()).isEqualTo(Action.ABANDON));
    assertThat(cluster.post("/api/v1/jobs/" + job + "/cancel", "").statusCode()).isEqualTo(200);
  }

  @Test
  void retriesAfterAPauseUntilTheBudgetIsSpentAndFailsWhatNeedsIt() throws Exception {
    JsonNode batch =
        cluster.submit(
            Specs.submission(
                Specs.request("train", plainTrain()),
                Specs.request("audit", Specs.audit(), "train")));
    long train = batch.at("/jobs/train").asLong();
    long audit = batch.at("/jobs/audit").asLong();
    cluster.say(cluster.take(TRAIN, train).attempt(), failed(ErrorClass.TRAINER_CRASH));
    AttemptId second = cluster.take(TRAIN, train).attempt();
    assertThat(second.attempt().value()).isEqualTo(2);
    cluster.say(second, failed(ErrorClass.TRAINER_CRASH));

    JsonNode view = cluster.awaitState(train, "failed");
    assertThat(view.at("/error/class").asText()).isEqualTo("trainer-crash");
    assertThat(view.at("/error/evidence/0").asText()).isEqualTo("last line");
    assertThat(view.at("/error/suggestedFix").asText()).isEqualTo("Look at the log.");
    assertThat(cluster.job(audit).get("state").asText()).isEqualTo("failed");

    long hopeless = cluster.submitOne(Specs.submission(Specs.request("train", plainTrain())));
    cluster.say(cluster.take(TRAIN, hopeless).attempt(), failed(ErrorClass.CALLERS_FAULT));
    assertThat(cluster.awaitState(hopeless, "failed").get("attempt").asInt()).isEqualTo(1);
  }

  @Test
  void auditsEveryKeptCheckpointAndExportsFromThoseThatCouldBeAudited() throws Exception {
    JsonNode batch =
        cluster.submit(
            Specs.submission(
                Specs.request(
                    "train",
                    Specs.train("tiny", Optional.of(Specs.auditAndExport(OptionalLong.of(100)))))));
    String batchId = batch.get("batch").asText();
    long train = batch.at("/jobs/train").asLong();
    AttemptId attempt = cluster.take(TRAIN, train).attempt();
    cluster.say(attempt, new AttemptReport.Started(9, "cpu", Map.of("config", "tiny")));
    cluster.say(attempt, new AttemptReport.Validated(100, 1, 0.9, Map.of()));
    cluster.say(attempt, new AttemptReport.Validated(250, 2, 0.4, Map.of()));
    cluster.say(
        attempt,
        Cluster.completed(
            """
            {"steps": 250, "checkpoints": [
              {"step": 100, "phase": 1, "path": "/c/100", "sha256": "a"},
              {"step": 150, "phase": 1, "path": "/c/150", "sha256": "b"},
              {"step": 250, "phase": 2, "path": "/c/250", "sha256": "c"}]}
            """));
    cluster.awaitState(train, "completed");

    Map<String, JsonNode> jobs = cluster.jobsOf(batchId);
    assertThat(jobs.keySet())
        .containsExactly("train", "train/audit-000100", "train/audit-000250", "train/export");
    long early = jobs.get("train/audit-000100").get("id").asLong();
    long late = jobs.get("train/audit-000250").get("id").asLong();
    long export = jobs.get("train/export").get("id").asLong();
    assertThat(cluster.job(late).at("/spec/outputFolder").asText())
        .isEqualTo("/data/models/traffijuno/audit/000250");
    cluster.say(cluster.take(AUDIT, early).attempt(), failed(ErrorClass.CALLERS_FAULT));
    cluster.awaitState(early, "failed");
    assertThat(cluster.job(export).get("state").asText()).isEqualTo("pending");
    cluster.say(cluster.take(AUDIT, late).attempt(), Cluster.completed("{\"distance\": 0.3}"));

    ClaimReply.Granted granted = cluster.take(EXPORT, export);
    assertThat(((ExportSpec) granted.spec()).candidates())
        .singleElement()
        .satisfies(candidate -> assertThat(candidate.checkpoint()).isEqualTo("/c/250"));
    JsonNode provenance = granted.provenance();
    assertThat(provenance.at("/instrument/name").asText()).isEqualTo("Traffijuno");
    assertThat(provenance.at("/recipe/config").asText()).isEqualTo("tiny");
    assertThat(provenance.at("/steps").asLong()).isEqualTo(250);
    assertThat(provenance.at("/attempts/0/outcome").asText()).isEqualTo("completed");
    assertThat(provenance.at("/peakMemoryBytes").asLong()).isEqualTo(1L << 30);
    assertThat(provenance.at("/validation/first/distance").asDouble()).isEqualTo(0.9);
    assertThat(provenance.at("/validation/last/distance").asDouble()).isEqualTo(0.4);
    assertThat(provenance.at("/batch").asText()).isEqualTo(batchId);
    cluster.say(granted.attempt(), Cluster.completed("{}"));
    cluster.awaitState(export, "completed");
  }

  @Test
  void failsAnExportWithoutAnyAuditAndRevivesItWithOne() throws Exception {
    JsonNode batch =
        cluster.submit(
            Specs.submission(
                Specs.request(
                    "train",
                    Specs.train("tiny", Optional.of(Specs.auditAndExport(OptionalLong.empty()))))));
    long train = batch.at("/jobs/train").asLong();
    AttemptId attempt = cluster.take(TRAIN, train).attempt();
    cluster.say(attempt, new AttemptReport.CheckpointStored(10, 1, "/c/10", "a", new ByteSize(5)));
    cluster.say(attempt, Cluster.completed("{}"));
    cluster.awaitState(train, "completed");
    Map<String, JsonNode> jobs = cluster.jobsOf(batch.get("batch").asText());
    long audit = jobs.get("train/audit-000010").get("id").asLong();
    long export = jobs.get("train/export").get("id").asLong();
    cluster.say(cluster.take(AUDIT, audit).attempt(), failed(ErrorClass.CALLERS_FAULT));
    assertThat(cluster.awaitState(export, "failed").at("/error/suggestedFix").asText())
        .contains("Retry job " + audit);
    assertThat(cluster.post("/api/v1/jobs/" + export + "/retry", "").statusCode()).isEqualTo(409);
    cluster.post("/api/v1/jobs/" + audit + "/retry", "");
    cluster.awaitState(export, "pending");
    cluster.say(cluster.take(AUDIT, audit).attempt(), Cluster.completed("{}"));
    cluster.take(EXPORT, export);
  }

  private static TelemetryBatch.MemorySample sample(AttemptId attempt, int second, long bytes) {
    return new TelemetryBatch.MemorySample(
        attempt,
        Cluster.GPU,
        Instant.ofEpochSecond(second),
        new ByteSize(bytes),
        OptionalInt.of(1));
  }

  private static dev.morphene.protocol.spec.TrainSpec plainTrain() {
    return Specs.train("tiny", Optional.empty());
  }

  private static AttemptReport failed(ErrorClass errorClass) {
    return new AttemptReport.Failed(
        errorClass, "It broke.", List.of("last line"), "Look at the log.", ByteSize.ofGb(1));
  }

  private static <T> List<T> atOnce(int count, Callable<T> task) throws Exception {
    ExecutorService rivals = Executors.newFixedThreadPool(count);
    try {
      List<T> results = new java.util.ArrayList<>();
      for (Future<T> result : rivals.invokeAll(java.util.Collections.nCopies(count, task))) {
        results.add(result.get());
      }
      return results;
    } finally {
      rivals.shutdown();
    }
  }
}
