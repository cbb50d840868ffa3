package dev.morphene.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.IdempotencyKey;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.message.ClaimReply;
import dev.morphene.protocol.message.ClaimRequest;
import dev.morphene.protocol.message.HeartbeatReply;
import dev.morphene.protocol.message.HeartbeatReply.Standing;
import dev.morphene.protocol.message.JoinReply;
import dev.morphene.protocol.message.SessionId;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.spec.TrainSpec;
import dev.morphene.protocol.submission.Submission;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Who may run what where: sessions, the ledger of promises, envelopes and the way down. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class DispatchTest {
  private static final QueueName SMALL = QueueName.training(MemoryClass.UNDER_30_GB);
  private static final QueueName MIDDLE = QueueName.training(MemoryClass.FROM_30_TO_40_GB);

  private Cluster cluster;

  @BeforeAll
  void start() throws Exception {
    cluster = new Cluster(TestServers.embedded());
    cluster.consume(SMALL);
    cluster.consume(MIDDLE);
  }

  @AfterAll
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void threeSmallJobsShareAGpuAndTheFourthGoesBackForOthers() throws Exception {
    WorkerId node = node("three", 80);
    for (int i = 0; i < 3; i++) {
      assertThat(claim(node, job("v2_small")).granted()).hasSize(1);
    }
    AttemptId fourth = job("v2_small");
    ClaimReply refused = claim(node, fourth);
    assertThat(refused.refused().get(0).message()).contains("no place for 8.0 GB");
    AttemptId again = cluster.next(SMALL, fourth.job());
    assertThat(again).as("the same attempt, it has never run").isEqualTo(fourth);
    assertThat(claim(node("elsewhere", 80), again).granted()).hasSize(1);
  }

  @Test
  void whatIsPromisedNeverExceedsTheGpu() throws Exception {
    WorkerId node = node("tight", 24);
    assertThat(claim(node, job("v2")).granted().get(0).need().orElseThrow().memory())
        .isEqualTo(ByteSize.ofGb(16));
    assertThat(claim(node, job("v2")).refused()).hasSize(1);
    assertThat(claim(node, job("tiny")).granted()).hasSize(1);
  }

  @Test
  void whoAsksAgainBeforeTheAnswerCameIsGrantedTheSamePlaceAgain() throws Exception {
    WorkerId node = node("impatient", 24);
    ClaimRequest.Claim claim = new ClaimRequest.Claim(job("v2"), gpu(node));
    ClaimReply reply =
        cluster.claim(
            new ClaimRequest(
                ClaimRequest.VERSION, node, Cluster.SESSION, List.of(claim, claim), List.of()));
    assertThat(reply.refused()).as("its own promise is not in its way").isEmpty();
    assertThat(reply.granted()).hasSize(2);
  }

  @Test
  void aMessageWithoutAPlaceIsPublishedAgain() throws Exception {
    AttemptId attempt = job("v2");
    ClaimReply reply =
        cluster.claim(
            new ClaimRequest(
                ClaimRequest.VERSION,
                Cluster.WORKER,
                Cluster.SESSION,
                List.of(),
                List.of(attempt)));
    assertThat(reply.granted()).isEmpty();
    assertThat(cluster.next(SMALL, attempt.job())).isEqualTo(attempt);
  }

  @Test
  void aNewSessionTakesOverWhileTheOldOnesJobsKeepTheirPlace() throws Exception {
    WorkerId node = node("reborn", 80);
    AttemptId old = job("v2");
    claim(node, old);
    SessionId fresh = SessionId.fresh();
    assertThat(cluster.join(node, fresh, Optional.empty())).isInstanceOf(JoinReply.Accepted.class);
    HeartbeatReply toTheOld = cluster.beat(node, Cluster.SESSION, List.of(), old);
    assertThat(toTheOld.standing()).isEqualTo(Standing.SUPERSEDED);
    assertThat(toTheOld.directives()).hasSize(1);
    HeartbeatReply toTheNew =
        cluster.beat(node, fresh, List.of(Cluster.device(gpu(node), 20)), old);
    assertThat(toTheNew.standing()).isEqualTo(Standing.JOINED);
    assertThat(toTheNew.directives()).as("its children are not the new one's").hasSize(1);
    AttemptId next = job("v2");
    ClaimReply reply = claim(node, fresh, next);
    assertThat(reply.refused()).as("16 of 20 GB may still be in use").hasSize(1);
    assertThat(claim(node, Cluster.SESSION, cluster.next(SMALL, next.job())).refused())
        .as("an old session gets nothing")
        .hasSize(1);
  }

  @Test
  void aNodeThatNobodyKnowsIsToldToJoin() throws Exception {
    HeartbeatReply reply = cluster.beat(new WorkerId("stranger"), SessionId.fresh(), List.of());
    assertThat(reply.standing()).isEqualTo(Standing.UNKNOWN);
  }

  @Test
  void aDrainingNodeGetsNothingAndHearsItWithEveryHeartbeatUntilItJoinsAnew() throws Exception {
    WorkerId node = node("leaving", 80);
    assertThat(cluster.post("/api/v1/nodes/leaving/drain", "").statusCode()).isEqualTo(202);
    assertThat(cluster.post("/api/v1/nodes/nobody/drain", "").statusCode()).isEqualTo(404);
    assertThat(cluster.beat(node, Cluster.SESSION, List.of()).drain()).isTrue();
    assertThat(cluster.beat(node, Cluster.SESSION, List.of()).drain()).isTrue();
    AttemptId attempt = job("v2");
    assertThat(claim(node, attempt).refused().get(0).message()).contains("about to leave");
    SessionId fresh = SessionId.fresh();
    cluster.join(node, fresh, Optional.empty());
    assertThat(cluster.beat(node, fresh, List.of()).drain()).isFalse();
  }

  @Test
  void outOfMemoryLeadsDownTheLadderAndEveryStepIsKept() throws Exception {
    TrainSpec spec = Specs.train("/m/ladder", 44_100, true);
    long job = cluster.submitOne(Specs.submission(Specs.request("train", spec)));
    WorkerId node = node("ladder", 200);
    claim(node, job("tiny"));
    String[] expected = {"alone on its GPU", "batch 4", "v2_small"};
    for (int step = 0; step < expected.length; step++) {
      AttemptId attempt = anyQueue(job);
      ClaimReply reply = step == 0 ? claim(node, attempt) : cluster.claim(attempt, Cluster.WORKER);
      assertThat(reply.granted()).as("%s", reply.refused()).hasSize(1);
      WorkerId worker = step == 0 ? node : Cluster.WORKER;
      cluster.say(attempt, worker, outOfMemory());
      int steps = step + 1;
      JsonNode view = cluster.await(job, seen -> seen.get("adjustments").size() == steps);
      assertThat(view.get("adjustments").get(step).get("words").asText()).contains(expected[step]);
      assertThat(view.get("failures").asInt()).as("it costs nothing of the budget").isZero();
    }
    AttemptId last = anyQueue(job);
    ClaimReply.Granted granted = cluster.claim(last, Cluster.WORKER).granted().get(0);
    TrainSpec reduced = (TrainSpec) granted.spec();
    assertThat(reduced.config()).isEqualTo("v2_small");
    assertThat(reduced.batch()).hasValue(4);
    assertThat(reduced.runFolder()).isEqualTo("/m/ladder/v2_small");
    cluster.say(last, outOfMemory());
    JsonNode view = cluster.await(job, seen -> seen.get("failures").asInt() == 1);
    assertThat(view.get("adjustments")).as("nothing is left to change").hasSize(3);
  }

  @Test
  void memoryIsLearnedFromCompletedRunsAndGrowsAfterOutOfMemory() throws Exception {
    String recipe = "v2 batch=8 signal=131072 rate=48000 trainer=morphene-1";
    try (Connection connection = cluster.servers.connect()) {
      for (int run = 1; run <= 3; run++) {
        for (int phase = 1; phase <= 2; phase++) {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "insert into envelope_run (job_id, attempt, phase, recipe, gpu_model, peak_bytes)"
                      + " values (?, 1, ?, ?, 'H', ?)")) {
            insert.setLong(1, 1_000_000 + run);
            insert.setInt(2, phase);
            insert.setString(3, recipe);
            insert.setLong(4, ByteSize.ofGb(10.0 * phase).bytes());
            insert.execute();
          }
        }
      }
    }
    try {
      AttemptId attempt = job("v2");
      ClaimReply.Granted granted = cluster.claim(attempt, Cluster.WORKER).granted().get(0);
      assertThat(granted.need().orElseThrow().memory())
          .as("p99 of phase two and five per cent")
          .isEqualTo(ByteSize.ofGb(21));
      cluster.say(attempt, outOfMemory());
      cluster.await(
          attempt.job().value(),
          seen ->
              seen.get("attempts").size() >= 1
                  && seen.path("error").path("class").asText().equals("out-of-memory"));
      long next =
          cluster.submitOne(
              Specs.submission(Specs.request("next", Specs.train("v2", Optional.empty()))));
      assertThat(cluster.job(next).get("promisedMemoryBytes").asLong())
          .as("a quarter more than what was not enough")
          .isEqualTo(ByteSize.ofGb(21 * 1.25).bytes());
      try (Connection connection = cluster.servers.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("update envelope_run set at = now() + interval '1 second'");
      }
      long later =
          cluster.submitOne(
              Specs.submission(Specs.request("later", Specs.train("v2", Optional.empty()))));
      assertThat(cluster.job(later).get("promisedMemoryBytes").asLong())
          .as("three runs since count for more")
          .isEqualTo(ByteSize.ofGb(21).bytes());
    } finally {
      try (Connection connection = cluster.servers.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("delete from envelope_run");
        statement.execute("delete from envelope_floor");
      }
    }
  }

  @Test
  void anUnknownRecipeIsRehearsedFirstWhereThatIsAskedFor() throws Exception {
    TrainSpec spec = Specs.train("/m/rehearsed", 22_050, false);
    Submission asked =
        new Submission(
            Submission.VERSION,
            new IdempotencyKey("rehearsed"),
            "rehearsed",
            List.of(Specs.request("one", spec), Specs.request("two", spec)),
            Optional.of(true),
            Optional.of(true));
    Map<String, JobId> jobs = accepted(asked);
    String rehearsalName = "rehearsal of " + spec.recipe().key();
    assertThat(jobs).containsOnlyKeys(rehearsalName, "one", "two");
    AttemptId rehearsal = cluster.next(SMALL, jobs.get(rehearsalName));
    ClaimReply.Granted granted = cluster.claim(rehearsal, Cluster.WORKER).granted().get(0);
    assertThat(((TrainSpec) granted.spec()).rehearses()).isTrue();
    assertThat(cluster.job(jobs.get("one").value()).get("promisedMemoryBytes").asLong())
        .as("the guide's")
        .isEqualTo(ByteSize.ofGb(16).bytes());

    cluster.say(rehearsal, new AttemptReport.Started(9, "cpu", Map.of()));
    cluster.say(
        rehearsal,
        new AttemptReport.Completed(
            ProtocolJson.tree(
                Map.of(
                    "phases",
                    List.of(
                        Map.of("phase", 1, "peakResidentBytes", ByteSize.ofGb(2).bytes()),
                        Map.of("phase", 2, "peakResidentBytes", ByteSize.ofGb(4).bytes())))),
            ByteSize.ofGb(4)));
    assertThat(cluster.next(SMALL, jobs.get("one")).job()).isEqualTo(jobs.get("one"));
    assertThat(cluster.job(jobs.get("one").value()).get("promisedMemoryBytes").asLong())
        .as("a quarter more than the rehearsal's hungrier phase")
        .isEqualTo(ByteSize.ofGb(5).bytes());

    Submission again =
        new Submission(
            Submission.VERSION,
            new IdempotencyKey("rehearsed-before"),
            "rehearsed before",
            List.of(Specs.request("three", spec)),
            Optional.of(true),
            Optional.of(true));
    assertThat(accepted(again)).containsOnlyKeys("three");
  }

  @Test
  void aKeptGpuIsGrantedToNothingSmaller() throws Exception {
    WorkerId node = node("kept", 80);
    AttemptId large =
        anyQueue(
            cluster.submitOne(
                Specs.submission(Specs.request("large", Specs.train("v2", Optional.empty())))));
    AttemptId small = job("v2_small");
    // It has waited for an hour, and a smaller one waits too: what was kept for it stays kept.
    try (Connection connection = cluster.servers.connect();
        PreparedStatement waited =
            connection.prepareStatement(
                "update job set ready_at = now() - interval '1 hour' where job_id = ?");
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into gpu_reservation (worker, gpu, job_id, memory_bytes, side_by_side)"
                    + " values (?, ?, ?, ?, 3)")) {
      waited.setLong(1, large.job().value());
      waited.execute();
      insert.setString(1, node.value());
      insert.setString(2, gpu(node).value());
      insert.setLong(3, large.job().value());
      insert.setLong(4, ByteSize.ofGb(16).bytes());
      insert.execute();
    }
    HeartbeatReply reply =
        cluster.beat(node, Cluster.SESSION, List.of(Cluster.device(gpu(node), 80)));
    assertThat(reply.reserved().get(0).need().memory()).isEqualTo(ByteSize.ofGb(16));
    assertThat(claim(node, small).refused()).hasSize(1);
    assertThat(claim(node, large).granted()).hasSize(1);
    assertThat(
            cluster.beat(node, Cluster.SESSION, List.of(Cluster.device(gpu(node), 80))).reserved())
        .as("it has been claimed")
        .isEmpty();
  }

  @Test
  void aWaitingJobIsExplained() throws Exception {
    long job =
        cluster.submitOne(
            Specs.submission(Specs.request("wait", Specs.train("v2", Optional.empty()))));
    JsonNode why = Cluster.json(cluster.get("/api/v1/jobs/" + job + "/why"));
    assertThat(why.get("needs").asLong()).isEqualTo(ByteSize.ofGb(16).bytes());
    assertThat(why.get("gpusLargeEnough").asInt()).isPositive();
    assertThat(why.get("reasons").get(0).asText())
        .isEqualTo("It needs 16.0 GB on a GPU that at most 3 jobs share.");
    assertThat(cluster.get("/api/v1/jobs/999999/why").statusCode()).isEqualTo(404);
  }

  @Test
  void whatNoGpuOfThePoolCanHoldIsRefusedWithTheNumbers() throws Exception {
    String recipe = "v2 batch=8 signal=131072 rate=96000 trainer=morphene-1";
    try (Connection connection = cluster.servers.connect();
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into envelope_floor (recipe, gpu_model, floor_bytes) values (?, 'H', ?)")) {
      insert.setString(1, recipe);
      insert.setLong(2, ByteSize.ofGb(500).bytes());
      insert.execute();
    }
    TrainSpec huge = Specs.train("/m/huge", 96_000, false);
    var answer =
        cluster.post(
            "/api/v1/submissions",
            new String(ProtocolJson.write(Specs.submission(Specs.request("huge", huge)))));
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains("needs 500.0 GB of GPU memory").contains("can give");
  }

  private WorkerId node(String name, double gigabytes) throws Exception {
    WorkerId node = new WorkerId(name);
    cluster.join(node, Cluster.SESSION, Optional.empty());
    cluster.beat(node, Cluster.SESSION, List.of(Cluster.device(gpu(node), gigabytes)));
    return node;
  }

  private static GpuUuid gpu(WorkerId node) {
    return new GpuUuid("GPU-of-" + node);
  }

  private ClaimReply claim(WorkerId node, AttemptId attempt) throws Exception {
    return claim(node, Cluster.SESSION, attempt);
  }

  private ClaimReply claim(WorkerId node, SessionId session, AttemptId attempt) throws Exception {
    return cluster.claim(
        new ClaimRequest(
            ClaimRequest.VERSION,
            node,
            session,
            List.of(new ClaimRequest.Claim(attempt, gpu(node))),
            List.of()));
  }

  /** A submitted job's first attempt, taken from its queue. */
  private AttemptId job(String config) throws Exception {
    long job =
        cluster.submitOne(
            Specs.submission(Specs.request("train", Specs.train(config, Optional.empty()))));
    return cluster.next(SMALL, new JobId(job));
  }

  private Map<String, JobId> accepted(Submission submission) throws Exception {
    Map<String, JobId> jobs = new HashMap<>();
    cluster
        .submit(submission)
        .get("jobs")
        .properties()
        .forEach(job -> jobs.put(job.getKey(), new JobId(job.getValue().asLong())));
    return jobs;
  }

  /** The next attempt of a job whose memory, and so its queue, is not the point. */
  private AttemptId anyQueue(long job) throws Exception {
    JsonNode view = cluster.await(job, seen -> !seen.path("state").asText().equals("retrying"));
    ByteSize promised = new ByteSize(view.get("promisedMemoryBytes").asLong());
    return cluster.next(QueueName.training(MemoryClass.of(promised)), new JobId(job));
  }

  private static AttemptReport outOfMemory() {
    return new AttemptReport.Failed(
        ErrorClass.OUT_OF_MEMORY,
        "CUDA out of memory.",
        List.of("tried to allocate"),
        "Fewer neighbours.",
        ByteSize.ofGb(1));
  }
}
