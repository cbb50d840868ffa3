package dev.morphene.trials.fuzz;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.agent.NodeAgent;
import dev.morphene.agent.NodeAgentConfig;
import dev.morphene.agent.coordinator.BrokerCoordinatorPort;
import dev.morphene.agent.telemetry.HostMemory;
import dev.morphene.agent.work.BrokerWorkSource;
import dev.morphene.broker.Broker;
import dev.morphene.broker.BrokerConfig;
import dev.morphene.broker.Outgoing;
import dev.morphene.coordinator.Coordinator;
import dev.morphene.coordinator.CoordinatorConfig;
import dev.morphene.embedded.EmbeddedServers;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.IdempotencyKey;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.AttemptEvent;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.message.ClaimReply;
import dev.morphene.protocol.message.ClaimRequest;
import dev.morphene.protocol.message.EventBatch;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.message.HeartbeatReply;
import dev.morphene.protocol.message.JobMessage;
import dev.morphene.protocol.message.JoinRequest;
import dev.morphene.protocol.message.NodeCommand;
import dev.morphene.protocol.message.SessionId;
import dev.morphene.protocol.message.TelemetryBatch;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.spec.AuditSpec;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.Submission;
import dev.morphene.protocol.submission.SubmissionReply;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Ten thousand fuzzed messages on every queue: whatever cannot be read is dead-lettered with a
 * reason, nothing else is, and at the end every consumer still does its work.
 */
class FuzzIT {
  private static final int ROUNDS = 10;
  private static final int MESSAGES_A_ROUND = 1_000;
  private static final long PATIENCE_SECONDS = 180;
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
  private static final WorkerId NODE = new WorkerId("fuzzed-node");
  private static final AttemptId ATTEMPT = new AttemptId(new JobId(900_000), new AttemptNumber(1));
  private static final GpuUuid GPU = new GpuUuid("GPU-1");
  private static final SessionId SESSION = new SessionId(new UUID(1, 2));
  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

  private static final Map<QueueName, Class<?>> TYPES = types();
  private static final Map<QueueName, AtomicLong> DEAD = new LinkedHashMap<>();
  private static final Map<QueueName, Semaphore> ARRIVED = new LinkedHashMap<>();

  private static EmbeddedServers servers;
  private static Coordinator coordinator;
  private static Broker broker;
  private static NodeAgent agent;

  private static Map<QueueName, Class<?>> types() {
    Map<QueueName, Class<?>> types = new LinkedHashMap<>();
    types.put(QueueName.SUBMIT, Submission.class);
    types.put(QueueName.JOINS, JoinRequest.class);
    types.put(QueueName.CLAIMS, ClaimRequest.class);
    types.put(QueueName.HEARTBEATS, Heartbeat.class);
    types.put(QueueName.EVENTS, EventBatch.class);
    types.put(QueueName.TELEMETRY, TelemetryBatch.class);
    QueueName.work().forEach(queue -> types.put(queue, JobMessage.class));
    types.put(QueueName.commandsOf(NODE), NodeCommand.class);
    return types;
  }

  @BeforeContainer
  static void start() throws Exception {
    servers = EmbeddedServers.startTemporary();
    String amqp = servers.broker().amqpUri();
    coordinator =
        Coordinator.start(CoordinatorConfig.of(servers.postgres().postgresUri(), amqp, 0))
            .get(PATIENCE_SECONDS, SECONDS);
    broker = Broker.connect(BrokerConfig.of(amqp), "fuzz");
    broker.ready().get(PATIENCE_SECONDS, SECONDS);
    agent =
        NodeAgent.start(
            NodeAgentConfig.withDefaults(NODE, "fuzz"),
            new EverythingAdmission(),
            new BrokerCoordinatorPort(broker),
            new BrokerWorkSource(broker),
            (granted, placement, until) -> {
              throw new IOException("Nothing is started here.");
            },
            new HostMemory(),
            InstantSource.system(),
            System::nanoTime);
    for (QueueName queue : TYPES.keySet()) {
      QueueName letters = queue.deadLetter();
      AtomicLong withoutReason = new AtomicLong();
      Semaphore arrived = new Semaphore(0);
      DEAD.put(queue, withoutReason);
      ARRIVED.put(queue, arrived);
      broker.consume(
          letters,
          500,
          letter -> {
            String reason = letter.headers().get(QueueName.REASON_HEADER);
            if (reason == null || reason.isBlank()) {
              withoutReason.incrementAndGet();
            }
            arrived.release();
            letter.ack();
          });
    }
  }

  @AfterContainer
  static void stop() {
    agent.close();
    broker.close();
    coordinator.close();
    servers.close();
  }

  @Property(tries = ROUNDS, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void whatCannotBeReadIsDeadLetteredWithAReason(
      @ForAll("rounds") Map<QueueName, List<byte[]>> round) throws Exception {
    for (Map.Entry<QueueName, List<byte[]>> queue : round.entrySet()) {
      int unreadable = 0;
      List<CompletableFuture<Void>> confirms = new ArrayList<>();
      for (byte[] body : queue.getValue()) {
        unreadable += isReadable(body, TYPES.get(queue.getKey())) ? 0 : 1;
        confirms.add(broker.publish(queue.getKey(), Outgoing.fleeting(body)));
      }
      CompletableFuture.allOf(confirms.toArray(CompletableFuture[]::new))
          .get(PATIENCE_SECONDS, SECONDS);
      assertThat(ARRIVED.get(queue.getKey()).tryAcquire(unreadable, PATIENCE_SECONDS, SECONDS))
          .as("%s unreadable messages of %s", unreadable, queue.getKey())
          .isTrue();
      assertThat(DEAD.get(queue.getKey()).get()).as("letters without a reason").isZero();
    }
    everyConsumerStillWorks();
  }

  private static boolean isReadable(byte[] body, Class<?> type) {
    try {
      ProtocolJson.read(body, type);
      return true;
    } catch (MalformedMessage | RuntimeException | StackOverflowError unreadable) {
      return false;
    }
  }

  /** A job goes the whole way: submitted by message, published, claimed, ended by an event. */
  private static void everyConsumerStillWorks() throws Exception {
    SubmissionReply reply =
        ProtocolJson.read(
            answer(QueueName.SUBMIT, ProtocolJson.write(submission(UUID.randomUUID().toString()))),
            SubmissionReply.class);
    assertThat(reply).isInstanceOf(SubmissionReply.Accepted.class);
    ClaimReply claims =
        ProtocolJson.read(answer(QueueName.CLAIMS, ProtocolJson.write(claim())), ClaimReply.class);
    assertThat(claims.refused()).hasSize(1);
    HeartbeatReply beat =
        ProtocolJson.read(
            answer(QueueName.HEARTBEATS, ProtocolJson.write(heartbeat())), HeartbeatReply.class);
    assertThat(beat.standing()).isNotNull();
    assertThat(broker.health().notConsuming()).isEmpty();
  }

  /**
   * Asks as nodes do: an answer may be lost, so who got none asks again. A consumer that died would
   * never answer.
   */
  private static byte[] answer(QueueName queue, byte[] question) throws Exception {
    for (int asked = 1; ; asked++) {
      try {
        return broker.request(queue, question, ANSWER_LIMIT).get(PATIENCE_SECONDS, SECONDS);
      } catch (ExecutionException none) {
        System.err.printf(
            "%s gave no answer to question %d (%s); %d messages wait there; %s%n",
            queue,
            asked,
            none.getCause().getMessage(),
            broker.messageCount(queue).get(PATIENCE_SECONDS, SECONDS),
            broker.health());
        Thread.getAllStackTraces().forEach(FuzzIT::printCoordinatorThread);
        if (asked * ANSWER_LIMIT.toSeconds() >= PATIENCE_SECONDS) {
          throw none;
        }
      }
    }
  }

  private static void printCoordinatorThread(Thread thread, StackTraceElement[] stack) {
    if (thread.getName().matches("(coordinator-morphene|fuzz-amqp|.*-amqp$).*")) {
      System.err.println(thread.getName() + " " + thread.getState());
      Arrays.stream(stack).limit(12).forEach(frame -> System.err.println("    at " + frame));
    }
  }

  @Provide
  Arbitrary<Map<QueueName, List<byte[]>>> rounds() {
    Map<QueueName, List<Object>> good = new LinkedHashMap<>();
    good.put(QueueName.SUBMIT, List.of(submission("key")));
    good.put(
        QueueName.JOINS, List.of(new JoinRequest(1, other(), SESSION, "host", Optional.of("t"))));
    good.put(QueueName.CLAIMS, List.of(claim()));
    good.put(QueueName.HEARTBEATS, List.of(heartbeat()));
    good.put(QueueName.EVENTS, events());
    good.put(QueueName.TELEMETRY, List.of(telemetry()));
    QueueName.work()
        .forEach(
            queue ->
                good.put(
                    queue,
                    List.of(JobMessage.of(ATTEMPT, Optional.of(JobNeed.of(ByteSize.ofGb(16)))))));
    good.put(
        QueueName.commandsOf(NODE),
        List.of(
            new NodeCommand.Drain(1, SESSION),
            new NodeCommand.Direct(1, ATTEMPT, HeartbeatReply.Action.CHECKPOINT)));
    Arbitrary<Map<QueueName, List<byte[]>>> all = Arbitraries.just(new LinkedHashMap<>());
    for (Map.Entry<QueueName, List<Object>> queue : good.entrySet()) {
      Arbitrary<List<byte[]>> messages =
          FuzzedMessages.near(queue.getValue()).list().ofSize(MESSAGES_A_ROUND);
      all =
          net.jqwik.api.Combinators.combine(all, messages)
              .as(
                  (before, list) -> {
                    Map<QueueName, List<byte[]>> more = new LinkedHashMap<>(before);
                    more.put(queue.getKey(), list);
                    return more;
                  });
    }
    return all;
  }

  private static WorkerId other() {
    return new WorkerId("another-node");
  }

  private static Submission submission(String key) {
    return new Submission(
        1,
        new IdempotencyKey(key),
        "batch",
        List.of(
            new JobRequest(
                "audit",
                OptionalInt.of(1),
                OptionalInt.empty(),
                List.of(),
                OptionalInt.of(0),
                new AuditSpec("/c", 1, "/m", "/n", "/o", OptionalDouble.empty()))));
  }

  private static ClaimRequest claim() {
    return new ClaimRequest(
        ClaimRequest.VERSION,
        other(),
        SESSION,
        List.of(new ClaimRequest.Claim(ATTEMPT, GPU)),
        List.of());
  }

  private static Heartbeat heartbeat() {
    return new Heartbeat(
        Heartbeat.VERSION,
        other(),
        SESSION,
        "host",
        List.of(JobKind.TRAIN),
        List.of(
            new Heartbeat.Device(
                GPU,
                "H",
                ByteSize.ofGb(80),
                Optional.of(ByteSize.ofGb(70)),
                3,
                "NVML_V2",
                Optional.empty())),
        List.of(ATTEMPT),
        List.of(new Heartbeat.Room(QueueName.work(JobKind.AUDIT), 0)),
        false);
  }

  private static List<Object> events() {
    return List.of(
        EventBatch.of(
            new AttemptEvent(
                1, ATTEMPT, other(), 1, AT, new AttemptReport.Started(1, "cpu", Map.of()))),
        EventBatch.of(
            new AttemptEvent(
                1,
                ATTEMPT,
                other(),
                2,
                AT,
                new AttemptReport.Completed(
                    ProtocolJson.mapper().createObjectNode(), new ByteSize(1)))));
  }

  private static TelemetryBatch telemetry() {
    return new TelemetryBatch(
        TelemetryBatch.VERSION,
        other(),
        SESSION,
        1,
        0,
        List.of(
            new TelemetryBatch.MemorySample(ATTEMPT, GPU, AT, new ByteSize(5), OptionalInt.of(1))),
        List.of(
            new TelemetryBatch.GpuSample(
                GPU, AT, new ByteSize(9), Optional.of(new ByteSize(3)), OptionalInt.of(7))));
  }
}
