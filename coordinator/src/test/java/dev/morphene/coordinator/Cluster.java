package dev.morphene.coordinator;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.broker.Broker;
import dev.morphene.broker.BrokerConfig;
import dev.morphene.broker.Delivery;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.WorkerId;
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
import dev.morphene.protocol.message.JoinReply;
import dev.morphene.protocol.message.JoinRequest;
import dev.morphene.protocol.message.SessionId;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.submission.Submission;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** A running coordinator with a hand-driven node: what a node agent says, said by the test. */
final class Cluster implements AutoCloseable {
  static final WorkerId WORKER = new WorkerId("node-1");
  static final WorkerId OTHER = new WorkerId("node-2");
  static final SessionId SESSION = SessionId.fresh();
  static final GpuUuid GPU = new GpuUuid("GPU-1");

  /** Longer than any test: where a lease has to end, {@link #expire} ends it. */
  static final Duration LEASE = Duration.ofMinutes(10);

  /** No promise, only an end to a test that hangs. */
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  final TestServers servers;
  final Broker broker;
  final Map<QueueName, BlockingQueue<Delivery>> inbox = new ConcurrentHashMap<>();
  private final AtomicLong sequence = new AtomicLong();
  private final AtomicLong gpus = new AtomicLong();
  private final HttpClient http = HttpClient.newHttpClient();
  private final CoordinatorConfig config;
  private Coordinator coordinator;

  Cluster(TestServers servers) throws Exception {
    this(servers, servers.amqpUri());
  }

  Cluster(TestServers servers, String amqpUri) throws Exception {
    this.servers = servers;
    this.config =
        CoordinatorConfig.of(servers.postgresUri(), amqpUri, 0)
            .withQueuePrefix(servers.queuePrefix())
            .withTimes(
                LEASE,
                Duration.ofMillis(300),
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                Duration.ofSeconds(1));
    this.coordinator = Coordinator.start(config).get(120, SECONDS);
    this.broker = Broker.connect(BrokerConfig.of(amqpUri, servers.queuePrefix()), "node");
    broker.ready().get(120, SECONDS);
    join(WORKER, SESSION, Optional.empty());
    beat();
    enter(OTHER);
  }

  CoordinatorConfig config() {
    return config;
  }

  String httpUri() {
    return coordinator.httpUri();
  }

  void stopCoordinator() {
    coordinator.close();
  }

  void startCoordinator() throws Exception {
    coordinator = Coordinator.start(config).get(120, SECONDS);
  }

  /** Consumes a work queue from now on. */
  void consume(QueueName queue) {
    BlockingQueue<Delivery> arrived = new LinkedBlockingQueue<>();
    inbox.put(queue, arrived);
    broker.consume(queue, 50, arrived::add);
  }

  /** The next attempt of that job on the queue; others are acknowledged and forgotten. */
  AttemptId next(QueueName queue, JobId job) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      Delivery delivery = inbox.get(queue).poll(1, SECONDS);
      if (delivery != null) {
        delivery.ack();
        AttemptId attempt = ProtocolJson.read(delivery.body(), JobMessage.class).attempt();
        if (attempt.job().equals(job)) {
          return attempt;
        }
      }
    }
    throw new AssertionError("Job " + job + " did not come on " + queue + ".");
  }

  /** Joins as another node with the same GPUs. */
  void enter(WorkerId worker) throws Exception {
    join(worker, SESSION, Optional.empty());
    beat(worker, SESSION, manyGpus());
  }

  /** The answer for one claim. */
  ClaimReply claim(AttemptId attempt, WorkerId worker) throws Exception {
    return claim(
        new ClaimRequest(
            ClaimRequest.VERSION,
            worker,
            SESSION,
            List.of(new ClaimRequest.Claim(attempt, nextGpu())),
            List.of()));
  }

  /** Every claim for a GPU of its own: jobs that a test leaves running are in nobody's way. */
  private GpuUuid nextGpu() {
    return new GpuUuid("GPU-" + gpus.incrementAndGet());
  }

  private static List<Heartbeat.Device> manyGpus() {
    return java.util.stream.IntStream.rangeClosed(1, 500)
        .mapToObj(number -> device(new GpuUuid("GPU-" + number), 80))
        .toList();
  }

  ClaimReply claim(ClaimRequest request) throws Exception {
    return ask(QueueName.CLAIMS, request, ClaimReply.class);
  }

  /** Takes the job's next message and claims it. */
  ClaimReply.Granted take(QueueName queue, long job) throws Exception {
    ClaimReply reply = claim(next(queue, new JobId(job)), WORKER);
    assertThat(reply.granted()).as("%s", reply.refused()).hasSize(1);
    return reply.granted().get(0);
  }

  JoinReply join(WorkerId worker, SessionId session, Optional<String> token) throws Exception {
    return ask(
        QueueName.JOINS, new JoinRequest(1, worker, session, "studio", token), JoinReply.class);
  }

  HeartbeatReply beat(AttemptId... running) throws Exception {
    return beat(WORKER, SESSION, manyGpus(), running);
  }

  HeartbeatReply beat(
      WorkerId worker, SessionId session, List<Heartbeat.Device> devices, AttemptId... running)
      throws Exception {
    return ask(
        QueueName.HEARTBEATS,
        new Heartbeat(
            Heartbeat.VERSION,
            worker,
            session,
            "studio",
            List.of(JobKind.TRAIN),
            devices,
            List.of(running),
            List.of(),
            false),
        HeartbeatReply.class);
  }

  static Heartbeat.Device device(GpuUuid gpu, double gigabytes) {
    ByteSize total = ByteSize.ofGb(gigabytes);
    return new Heartbeat.Device(
        gpu, "H", total, Optional.of(total), 3, "CONFIGURED", Optional.empty());
  }

  /** Lets the attempt's lease and grace pass, on the clock that counts: the database's. */
  void expire(AttemptId attempt) throws Exception {
    try (Connection connection = servers.connect();
        PreparedStatement update =
            connection.prepareStatement(
                "update attempt set lease_until = now() - interval '1 minute' where job_id = ? and"
                    + " number = ? and outcome is null")) {
      update.setLong(1, attempt.job().value());
      update.setInt(2, attempt.attempt().value());
      assertThat(update.executeUpdate()).isEqualTo(1);
    }
  }

  private <T> T ask(QueueName queue, Object question, Class<T> answer) throws Exception {
    return ProtocolJson.read(
        broker.request(queue, ProtocolJson.write(question), PATIENCE).get(120, SECONDS), answer);
  }

  /** Says something about an attempt and waits until the broker has it. */
  AttemptEvent say(AttemptId attempt, AttemptReport report) throws Exception {
    return say(attempt, WORKER, report);
  }

  AttemptEvent say(AttemptId attempt, WorkerId worker, AttemptReport report) throws Exception {
    AttemptEvent event =
        new AttemptEvent(
            1,
            attempt,
            worker,
            sequence.incrementAndGet(),
            Instant.parse("2026-01-01T00:00:00Z"),
            report);
    send(event);
    return event;
  }

  void send(AttemptEvent event) throws Exception {
    broker.publish(QueueName.EVENTS, ProtocolJson.write(EventBatch.of(event))).get(120, SECONDS);
  }

  static AttemptReport completed(String result) throws Exception {
    return new AttemptReport.Completed(ProtocolJson.mapper().readTree(result), ByteSize.ofGb(1));
  }

  JsonNode submit(Submission submission) throws Exception {
    HttpResponse<String> answer =
        post("/api/v1/submissions", new String(ProtocolJson.write(submission)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return json(answer);
  }

  long submitOne(Submission submission) throws Exception {
    return submit(submission).get("jobs").elements().next().asLong();
  }

  HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(coordinator.httpUri() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(coordinator.httpUri() + path))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  static JsonNode json(HttpResponse<String> answer) throws Exception {
    return ProtocolJson.mapper().readTree(answer.body());
  }

  JsonNode job(long id) throws Exception {
    return json(get("/api/v1/jobs/" + id));
  }

  JsonNode awaitState(long job, String state) throws Exception {
    return await(job, view -> view.path("state").asText().equals(state));
  }

  /** Asks until the job is as wanted. */
  JsonNode await(long job, Predicate<JsonNode> wanted) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    JsonNode view = job(job);
    while (!wanted.test(view)) {
      assertThat(System.nanoTime()).as("%s", view).isLessThan(deadline);
      view = job(job);
    }
    return view;
  }

  /** Jobs of the batch by name. */
  Map<String, JsonNode> jobsOf(String batch) throws Exception {
    Map<String, JsonNode> jobs = new java.util.TreeMap<>();
    for (JsonNode job : json(get("/api/v1/batches/" + batch)).get("jobs")) {
      jobs.put(job.get("name").asText(), job);
    }
    return jobs;
  }

  List<String> names(JsonNode list, String field) {
    List<String> names = new ArrayList<>();
    list.forEach(entry -> names.add(entry.get(field).asText()));
    return names;
  }

  @Override
  public void close() throws Exception {
    coordinator.close();
    broker.close();
    com.rabbitmq.client.ConnectionFactory factory = new com.rabbitmq.client.ConnectionFactory();
    factory.setUri(config.amqpUri());
    factory.setAutomaticRecoveryEnabled(false);
    try (com.rabbitmq.client.Connection connection = factory.newConnection("clean-up");
        com.rabbitmq.client.Channel channel = connection.createChannel()) {
      for (QueueName queue : QueueName.all()) {
        channel.queueDelete(servers.queuePrefix() + queue.value());
      }
    }
    servers.close();
  }
}
