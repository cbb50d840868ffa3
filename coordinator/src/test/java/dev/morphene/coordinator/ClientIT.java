package dev.morphene.coordinator;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.client.ClientFailure;
import dev.morphene.client.MorpheneClient;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.message.TelemetryBatch;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.submission.SubmissionReply;
import dev.morphene.protocol.view.LogLine;
import dev.morphene.protocol.view.MemoryView;
import dev.morphene.protocol.view.NodeView;
import dev.morphene.protocol.view.PlanView;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a client reads, and what it does to batches and nodes. */
class ClientIT extends ClientStand {
  private long batches;

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
}
