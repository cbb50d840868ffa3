package dev.morphene.coordinator;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.broker.Delivery;
import dev.morphene.client.ClientFailure;
import dev.morphene.client.MorpheneClient;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.IdempotencyKey;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.message.ClaimReply;
import dev.morphene.protocol.message.JobMessage;
import dev.morphene.protocol.message.TelemetryBatch;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.source.ReferenceClip;
import dev.morphene.protocol.source.SourceDraft;
import dev.morphene.protocol.source.SourceId;
import dev.morphene.protocol.source.SourceOrigin;
import dev.morphene.protocol.source.SourceType;
import dev.morphene.protocol.source.SourceView;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.Submission;
import dev.morphene.protocol.submission.SubmissionReply;
import dev.morphene.protocol.view.LogLine;
import dev.morphene.protocol.view.MemoryView;
import dev.morphene.protocol.view.NodeView;
import dev.morphene.protocol.view.PlanView;
import dev.morphene.protocol.view.QueueView;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Every call of the client module against a coordinator. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class ClientIT {
  private static final QueueName SMALL = QueueName.training(MemoryClass.UNDER_30_GB);

  private Cluster cluster;
  private MorpheneClient client;
  private long batches;

  @BeforeAll
  void start() throws Exception {
    cluster = new Cluster(TestServers.embedded());
    cluster.consume(SMALL);
    client = new MorpheneClient(URI.create(cluster.httpUri()));
  }

  @AfterAll
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void memoryIsSummedUpAndItsCourseStaysShort() throws Exception {
    JobId job = train();
    MemoryView nothing = client.queue().memoryStats(job);
    assertThat(nothing.samples()).isZero();
    assertThat(nothing.maxBytes()).isEqualTo(new ByteSize(0));
    assertThat(nothing.points()).isEmpty();
    AttemptId attempt = run(job);
    Instant begin = Instant.now();
    List<TelemetryBatch.MemorySample> samples =
        IntStream.rangeClosed(1, 1_000)
            .mapToObj(
                number ->
                    new TelemetryBatch.MemorySample(
                        attempt,
                        Cluster.GPU,
                        begin.plusMillis(number),
                        ByteSize.ofGb(number == 500 ? 12 : 8),
                        OptionalInt.of(1)))
            .toList();
    measure(samples);
    cluster.await(
        job.value(), view -> view.path("memory").path("samples").asLong() == samples.size());
    MemoryView memory = client.queue().memoryStats(job);
    assertThat(memory.samples()).isEqualTo(1_000);
    assertThat(memory.peakGb()).isEqualTo(12);
    assertThat(memory.averageGb()).isBetween(8.0, 8.01);
    assertThat(memory.points()).hasSizeBetween(250, 300);
    assertThat(memory.points()).extracting(MemoryView.Point::at).isSorted();
    assertThat(memory.points())
        .extracting(MemoryView.Point::maxBytes)
        .as("no peak is thinned away")
        .contains(ByteSize.ofGb(12));
    assertThat(memory.points()).allMatch(point -> point.attempt() == 1);
  }

  @Test
  void aSourceLivesFromItsDraftToItsEnd() {
    SourceView added = client.sources().add(draft(20, SourceType.MUSICAL, 1_800));
    assertThat(added.source()).isEqualTo(draft(20, SourceType.MUSICAL, 1_800));
    SourceView changed =
        client
            .sources()
            .update(
                added.id(),
                ProtocolJson.mapper()
                    .createObjectNode()
                    .put("quality", 5)
                    .put("name", "Better takes")
                    .putNull("license"));
    assertThat(changed.source().quality()).hasValue(5);
    assertThat(changed.source().name()).isEqualTo("Better takes");
    assertThat(changed.source().license()).isEmpty();
    assertThat(changed.source().files()).isEqualTo(added.source().files());
    client.sources().addReference(added.id(), clip("/r.wav", "first take"));
    SourceView withClips = client.sources().addReference(added.id(), clip("/r.wav", "second take"));
    assertThat(withClips.references()).containsExactly(clip("/r.wav", "second take"));
    assertThat(client.sources().show(added.id())).isEqualTo(withClips);
    assertThat(client.sources().list(OptionalInt.of(20))).containsExactly(withClips);
    assertThat(client.sources().list(OptionalInt.empty())).contains(withClips);
    assertThat(client.sources().readiness(20).musicalHours()).isEqualTo(0.5);
    assertThat(client.sources().readiness(20).references()).isEqualTo(1);
    client.sources().delete(added.id());
    refused(ClientFailure.Reason.NOT_FOUND, () -> client.sources().show(added.id()));
    refused(ClientFailure.Reason.NOT_FOUND, () -> client.sources().delete(added.id()));
    assertThat(client.sources().readiness(20).sources()).isZero();
  }

  @Test
  void aPatchThatMakesNoSourceOfItIsRefusedAndChangesNothing() {
    SourceId id = client.sources().add(draft(21, SourceType.MUSICAL, 60)).id();
    SourceView before = client.sources().show(id);
    var mapper = ProtocolJson.mapper();
    assertThat(
            refused(
                ClientFailure.Reason.REFUSED,
                () -> client.sources().update(id, mapper.createObjectNode().put("quality", 6))))
        .contains("\"quality\" is from 1 to 5");
    assertThat(
            refused(
                ClientFailure.Reason.REFUSED,
                () -> client.sources().update(id, mapper.createObjectNode().putNull("name"))))
        .contains("\"name\" is missing");
    assertThat(
            refused(
                ClientFailure.Reason.REFUSED,
                () -> client.sources().update(id, mapper.createObjectNode().put("nam", "x"))))
        .contains("no field \"nam\"");
    assertThat(client.sources().show(id)).isEqualTo(before);
  }

  @Test
  void anInstrumentWithoutMaterialIsTrainedOnlyWhenThatIsAllowed() throws Exception {
    assertThat(client.sources().summary()).hasSize(50);
    JobRequest request = training("train", 30);
    String sentence =
        refused(ClientFailure.Reason.REFUSED, () -> client.queue().submit(strict("k30", request)));
    assertThat(sentence)
        .startsWith("Instrument 30 ")
        .contains("1.50 h of musical material and 1.50 h of non-musical material")
        .contains("add sources")
        .contains("allowIncomplete");
    assertThat(cluster.post("/api/v1/submissions", json(strict("k30", request))).statusCode())
        .isEqualTo(409);
    SubmissionReply byMessage =
        ProtocolJson.read(
            cluster
                .broker
                .request(
                    QueueName.SUBMIT,
                    ProtocolJson.write(strict("k30", request)),
                    Duration.ofSeconds(120))
                .get(120, SECONDS),
            SubmissionReply.class);
    assertThat(byMessage).isEqualTo(new SubmissionReply.Refused(sentence, true));
    client.sources().add(draft(30, SourceType.MUSICAL, 5_400));
    client.sources().add(draft(30, SourceType.NONMUSICAL, 5_400));
    assertThat(client.sources().readiness(30).isReady()).isTrue();
    SubmissionReply.Accepted accepted = client.queue().submit(strict("k30", request));
    client.sources().list(OptionalInt.of(30)).forEach(s -> client.sources().delete(s.id()));
    SubmissionReply.Accepted again = client.queue().submit(strict("k30", request));
    assertThat(again.alreadyKnown()).as("what was accepted stays accepted").isTrue();
    assertThat(again.batch()).isEqualTo(accepted.batch());
  }

  @Test
  void aPlanSaysWhatWouldComeOfItAndWritesNothing() throws Exception {
    long jobsBefore = client.queue().jobs(Optional.empty()).size();
    PlanView plan =
        client.queue().plan(strict("planned", training("train", 31), training("other", 32)));
    PlanView.PlannedJob refusedOne = plan.jobs().get(0);
    assertThat(refusedOne.needs()).hasValue(ByteSize.ofGb(16));
    assertThat(refusedOne.sideBySide()).isEqualTo(3);
    assertThat(refusedOne.instrument().orElseThrow().number()).isEqualTo(31);
    assertThat(refusedOne.objection().orElseThrow()).startsWith("Instrument 31 ");
    assertThat(refusedOne.predictedStart()).isEmpty();
    JobId done = train();
    cluster.say(run(done), Cluster.completed("{}"));
    cluster.awaitState(done.value(), "completed");
    PlanView allowed =
        client
            .queue()
            .plan(
                Specs.submission(
                    Specs.request("train", Specs.train("v2", Optional.empty())),
                    Specs.request("after", Specs.train("v2", Optional.empty()), "train"),
                    Specs.request("audit", Specs.audit(), "train")));
    PlanView.PlannedJob first = allowed.jobs().get(0);
    assertThat(first.objection()).isEmpty();
    assertThat(first.worker()).isPresent();
    assertThat(first.gpu()).isPresent();
    assertThat(first.predictedStart()).isPresent();
    assertThat(first.predictedEnd()).as("a run of its recipe was measured").isPresent();
    assertThat(allowed.jobs().get(1).predictedStart()).isEqualTo(first.predictedEnd());
    assertThat(allowed.jobs().get(2).needs()).isEmpty();
    assertThat(allowed.jobs().get(2).predictedEnd()).as("no audit was measured yet").isEmpty();
    assertThat(client.queue().jobs(Optional.empty())).hasSize((int) jobsBefore + 1);
  }

  @Test
  void aPausedQueueStartsNothingThatIsPublishedAlready() throws Exception {
    JobId job = train();
    AttemptId attempt = cluster.next(SMALL, job);
    QueueView paused = client.queue().pause();
    try {
      assertThat(paused.paused()).isTrue();
      assertThat(paused.nodes()).isPositive();
      assertThat(paused.count("pending")).isPositive();
      ClaimReply reply = cluster.claim(attempt, Cluster.WORKER);
      assertThat(reply.refused().get(0).message()).contains("paused");
      assertThat(client.queue().why(job).reasons().get(0)).contains("queue is paused");
      assertThat(client.queue().job(job).state()).isEqualTo(JobState.PENDING);
    } finally {
      assertThat(client.queue().resume().paused()).isFalse();
    }
    AttemptId again = cluster.next(SMALL, job);
    assertThat(again).as("no attempt was spent").isEqualTo(attempt);
    assertThat(cluster.claim(again, Cluster.WORKER).granted()).hasSize(1);
    assertThat(client.queue().standing().gpusBusy()).isPositive();
  }

  @Test
  void nothingIsGrantedOnceThePauseHasReturned() throws Exception {
    JobRequest[] jobs =
        IntStream.range(0, 30)
            .mapToObj(n -> Specs.request("job-" + n, Specs.train("v2", Optional.empty())))
            .toArray(JobRequest[]::new);
    BatchId batch = client.queue().submit(Specs.submission(jobs)).batch();
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Void> claimer = CompletableFuture.runAsync(() -> claimEverything(stop));
    try {
      while (count(batch, JobState.RUNNING) < 3) {
        assertThat(claimer).isNotDone();
      }
      client.queue().pause();
      long running = count(batch, JobState.RUNNING);
      while (queued(batch) > 0) {
        assertThat(claimer).isNotDone();
      }
      assertThat(count(batch, JobState.RUNNING)).isEqualTo(running);
      assertThat(count(batch, JobState.PENDING)).isEqualTo(jobs.length - running);
      assertThat(client.batches().show(batch).jobs()).allMatch(job -> job.attempt() == 1);
      client.queue().resume();
      while (count(batch, JobState.RUNNING) < jobs.length) {
        assertThat(claimer).isNotDone();
      }
    } finally {
      client.queue().resume();
      stop.set(true);
      claimer.get(120, SECONDS);
    }
  }

  private void claimEverything(AtomicBoolean stop) {
    try {
      while (!stop.get()) {
        Delivery delivery = cluster.inbox.get(SMALL).poll(100, MILLISECONDS);
        if (delivery != null) {
          delivery.ack();
          cluster.claim(
              ProtocolJson.read(delivery.body(), JobMessage.class).attempt(), Cluster.WORKER);
        }
      }
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  private long count(BatchId batch, JobState state) {
    return client.batches().show(batch).jobs().stream().filter(job -> job.state() == state).count();
  }

  /** Whose message is with the broker; the API does not tell them from pending ones. */
  private long queued(BatchId batch) throws Exception {
    try (Connection connection = cluster.servers.connect();
        PreparedStatement query =
            connection.prepareStatement(
                "select count(*) from job where batch_id = ? and state = 'queued'")) {
      query.setObject(1, batch.value());
      try (ResultSet result = query.executeQuery()) {
        result.next();
        return result.getLong(1);
      }
    }
  }

  @Test
  void aPausedJobStartsOnlyAfterItsResumption() throws Exception {
    JobId job = train();
    AttemptId attempt = cluster.next(SMALL, job);
    assertThat(client.queue().pause(job).paused()).isTrue();
    assertThat(client.queue().pause(job).paused()).as("again is no harm").isTrue();
    assertThat(cluster.claim(attempt, Cluster.WORKER).refused()).hasSize(1);
    assertThat(client.queue().why(job).reasons().get(0)).contains("paused");
    assertThat(client.queue().resume(job).paused()).isFalse();
    AttemptId again = cluster.next(SMALL, job);
    assertThat(again).isEqualTo(attempt);
    assertThat(cluster.claim(again, Cluster.WORKER).granted()).hasSize(1);
    assertThat(refused(ClientFailure.Reason.REFUSED, () -> client.queue().pause(job)))
        .contains("only a job that waits");
    client.queue().cancel(job);
    cluster.say(again, new AttemptReport.GivenBack(ErrorClass.CANCELLED, 1));
    cluster.awaitState(job.value(), "cancelled");
    refused(ClientFailure.Reason.REFUSED, () -> client.queue().resume(job));
    refused(ClientFailure.Reason.REFUSED, () -> client.queue().prioritise(job, 1));
    assertThat(client.queue().retry(job).state()).isEqualTo(JobState.PENDING);
  }

  @Test
  void aWaitingJobOvertakesOthersWithItsNewPriority() throws Exception {
    JobId first;
    JobId second;
    client.queue().pause();
    try {
      first = train();
      second = train();
      assertThat(client.queue().prioritise(second, 9).priority()).isEqualTo(9);
    } finally {
      client.queue().resume();
    }
    // The other one came behind it, so it is still there.
    AttemptId winner = cluster.next(SMALL, second);
    AttemptId other = cluster.next(SMALL, first);
    assertThat(List.of(winner.job(), other.job())).containsExactly(second, first);
  }

  @Test
  void theLogTellsTheStoryOfAJob() throws Exception {
    JobId job = train();
    AttemptId attempt = run(job);
    cluster.say(attempt, new AttemptReport.Started(9, "cuda", Map.of()));
    cluster.say(attempt, new AttemptReport.Logged(List.of("epoch 1"), 2));
    cluster.say(
        attempt,
        new AttemptReport.Failed(
            ErrorClass.TRAINER_CRASH, "It broke.", List.of("why"), "Look.", ByteSize.ofGb(1)));
    cluster.awaitState(job.value(), "pending");
    List<LogLine> lines = client.queue().log(job, 0);
    assertThat(lines)
        .extracting(LogLine::text)
        .satisfiesExactly(
            text -> assertThat(text).startsWith("granted to node-1 on GPU GPU-"),
            text -> assertThat(text).startsWith("started on cuda"),
            text -> assertThat(text).contains("2 lines are left out"),
            text -> assertThat(text).contains("epoch 1"),
            text -> assertThat(text).isEqualTo("failed (trainer-crash): It broke."),
            text -> assertThat(text).contains("why"),
            text -> assertThat(text).isEqualTo("what to do: Look."),
            text -> assertThat(text).startsWith("retrying in "));
    assertThat(lines).extracting(LogLine::id).isSorted();
    List<LogLine> piecewise = new ArrayList<>();
    long after = 0;
    while (piecewise.size() < lines.size()) {
      List<LogLine> next = page(job, after);
      assertThat(next).isNotEmpty();
      piecewise.addAll(next);
      after = next.get(next.size() - 1).id();
    }
    assertThat(piecewise).as("small pages lose nothing").isEqualTo(lines);
    assertThat(client.queue().log(job, after)).isEmpty();
  }

  /** Two lines at a time. */
  private List<LogLine> page(JobId job, long after) throws Exception {
    List<LogLine> lines = new ArrayList<>();
    for (var line :
        client.tree("/api/v1/jobs/" + job + "/log?limit=2&after=" + after).get("lines")) {
      lines.add(ProtocolJson.read(line, LogLine.class));
    }
    return lines;
  }

  @Test
  void aBatchIsCancelledAsAWhole() {
    SubmissionReply.Accepted accepted =
        client
            .queue()
            .submit(
                Specs.submission(
                    Specs.request("train", Specs.train("v2", Optional.empty())),
                    Specs.request("audit", Specs.audit(), "train")));
    assertThat(client.batches().show(accepted.batch()).isEnded()).isFalse();
    assertThat(client.batches().cancel(accepted.batch()).jobs())
        .extracting(job -> job.state())
        .containsOnly(JobState.CANCELLED);
    assertThat(client.batches().list())
        .anyMatch(batch -> batch.batch().equals(accepted.batch()) && batch.counts().size() == 1);
    refused(
        ClientFailure.Reason.NOT_FOUND,
        () -> client.batches().cancel(new BatchId(UUID.randomUUID())));
  }

  @Test
  void aNodeInQuarantineIsGivenNothingNew() throws Exception {
    WorkerId node = new WorkerId("suspect");
    cluster.enter(node);
    client.nodes().quarantine(node, "its memory has errors");
    NodeView view = find(node);
    assertThat(view.quarantine().orElseThrow().reason()).isEqualTo("its memory has errors");
    assertThat(
            cluster
                .beat(node, Cluster.SESSION, List.of(Cluster.device(new GpuUuid("GPU-1"), 80)))
                .quarantined())
        .isTrue();
    JobId job = train();
    AttemptId attempt = cluster.next(SMALL, job);
    assertThat(cluster.claim(attempt, node).refused().get(0).message())
        .contains("in quarantine: its memory has errors");
    AttemptId again = cluster.next(SMALL, job);
    assertThat(again).isEqualTo(attempt);
    client.nodes().release(node);
    assertThat(find(node).quarantine()).isEmpty();
    cluster.enter(node);
    assertThat(cluster.claim(again, node).granted()).hasSize(1);
    refused(
        ClientFailure.Reason.NOT_FOUND,
        () -> client.nodes().quarantine(new WorkerId("nobody"), "x"));
    client.nodes().drain(node);
    assertThat(find(node).draining()).isTrue();
  }

  private NodeView find(WorkerId node) {
    return client.nodes().list().stream()
        .filter(view -> view.worker().equals(node))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyFailureHasItsReason() {
    MorpheneClient nobody = new MorpheneClient(URI.create("http://127.0.0.1:1"));
    refused(ClientFailure.Reason.UNREACHABLE, () -> nobody.queue().standing());
    refused(ClientFailure.Reason.NOT_FOUND, () -> client.queue().job(new JobId(999_999)));
    refused(ClientFailure.Reason.NOT_FOUND, () -> client.queue().log(new JobId(999_999), 0));
    refused(ClientFailure.Reason.NOT_FOUND, () -> client.queue().memoryStats(new JobId(999_999)));
    refused(ClientFailure.Reason.REFUSED, () -> client.queue().submit("{}".getBytes()));
    refused(ClientFailure.Reason.REFUSED, () -> client.queue().jobs(Optional.of("asleep")));
  }

  private static String refused(ClientFailure.Reason reason, Runnable call) {
    String[] sentence = new String[1];
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ClientFailure.class,
            failure -> {
              assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason);
              assertThat(failure.getMessage()).endsWith(".");
              sentence[0] = failure.getMessage();
            });
    return sentence[0];
  }

  private JobId train() {
    return client
        .queue()
        .submit(Specs.submission(Specs.request("train", Specs.train("v2", Optional.empty()))))
        .jobs()
        .get("train");
  }

  private AttemptId run(JobId job) throws Exception {
    return cluster.take(SMALL, job.value()).attempt();
  }

  private void measure(List<TelemetryBatch.MemorySample> samples) throws Exception {
    cluster
        .broker
        .publish(
            QueueName.TELEMETRY,
            ProtocolJson.write(
                new TelemetryBatch(
                    TelemetryBatch.VERSION,
                    Cluster.WORKER,
                    Cluster.SESSION,
                    ++batches,
                    0,
                    samples,
                    List.of())))
        .get(120, SECONDS);
  }

  private static JobRequest training(String name, int instrument) {
    return new JobRequest(
        name,
        OptionalInt.of(instrument),
        OptionalInt.empty(),
        List.of(),
        OptionalInt.empty(),
        Specs.train("v2", Optional.empty()));
  }

  /** Without leave to train what has too little material. */
  private static Submission strict(String key, JobRequest... jobs) {
    return new Submission(1, new IdempotencyKey(key), "strict", List.of(jobs));
  }

  private static String json(Object body) {
    return new String(ProtocolJson.write(body));
  }

  private static ReferenceClip clip(String file, String description) {
    return new ReferenceClip(file, Optional.of(description), OptionalDouble.of(30));
  }

  private static SourceDraft draft(int instrument, SourceType type, double seconds) {
    return new SourceDraft(
        instrument,
        type,
        "Takes",
        SourceOrigin.RECORDED,
        Optional.of("ours"),
        Optional.empty(),
        OptionalDouble.of(seconds),
        OptionalInt.of(3),
        List.of("trimmed", "levelled"),
        List.of("/takes/1.wav", "/takes/2.wav"),
        Optional.empty());
  }
}
