package dev.morphene.coordinator;

import dev.morphene.broker.Broker;
import dev.morphene.broker.BrokerConfig;
import dev.morphene.coordinator.api.BatchRoutes;
import dev.morphene.coordinator.api.Health;
import dev.morphene.coordinator.api.HttpApi;
import dev.morphene.coordinator.api.JobRoutes;
import dev.morphene.coordinator.api.NodeRoutes;
import dev.morphene.coordinator.api.QueueRoutes;
import dev.morphene.coordinator.api.SourceRoutes;
import dev.morphene.coordinator.api.SubmissionRoutes;
import dev.morphene.coordinator.api.Views;
import dev.morphene.coordinator.claim.Claims;
import dev.morphene.coordinator.claim.Provenance;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Migrations;
import dev.morphene.coordinator.event.EventRetention;
import dev.morphene.coordinator.event.Events;
import dev.morphene.coordinator.forecast.QueueStanding;
import dev.morphene.coordinator.forecast.WaitReason;
import dev.morphene.coordinator.job.JobLife;
import dev.morphene.coordinator.job.OperatorCommands;
import dev.morphene.coordinator.job.RetryPolicy;
import dev.morphene.coordinator.lease.Reaper;
import dev.morphene.coordinator.loop.Loop;
import dev.morphene.coordinator.memory.EnvelopeRule;
import dev.morphene.coordinator.memory.Envelopes;
import dev.morphene.coordinator.messaging.MessageHandlers;
import dev.morphene.coordinator.node.Drains;
import dev.morphene.coordinator.node.Heartbeats;
import dev.morphene.coordinator.node.Joins;
import dev.morphene.coordinator.node.NodeCommands;
import dev.morphene.coordinator.node.Quarantines;
import dev.morphene.coordinator.outbox.OutboxPublisher;
import dev.morphene.coordinator.outbox.QueuePause;
import dev.morphene.coordinator.pool.Pool;
import dev.morphene.coordinator.pool.Reservations;
import dev.morphene.coordinator.source.Readinesses;
import dev.morphene.coordinator.source.SourceStore;
import dev.morphene.coordinator.submission.SubmissionPlan;
import dev.morphene.coordinator.submission.Submissions;
import dev.morphene.coordinator.telemetry.Telemetry;
import dev.morphene.coordinator.telemetry.TelemetryRetention;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.placement.MemoryRule;
import dev.morphene.protocol.placement.ReservationPlan;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.pubsub.PgSubscriber;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One coordinator. Any number may run on the same database and broker; none leads. It keeps nothing
 * that matters in memory, so it may be killed at any moment.
 */
public final class Coordinator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
  private static final String OUTBOX_CHANNEL = "morphene_outbox";
  private static final Duration RESERVE_EVERY = Duration.ofSeconds(5);
  private static final Duration STATISTICS_EVERY = Duration.ofSeconds(5);
  private static final Duration RETENTION_EVERY = Duration.ofMinutes(1);
  private static final Duration EVENT_RETENTION_EVERY = Duration.ofMinutes(10);
  private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(5);
  private static final long STEP_LIMIT_SECONDS = 15;
  private static final long BROKER_PATIENCE_SECONDS = 5;
  private static final int HTTP_THREADS = 6;
  private static final int HTTP_WAITING = 500;

  private final CoordinatorConfig config;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private int httpPort;

  private Coordinator(CoordinatorConfig config) {
    this.config = config;
  }

  /**
   * Migrates the database, connects and serves, on threads of its own. The broker may come later:
   * {@code /health} says when it is missing.
   *
   * @return fails with {@link StartFailure}, one sentence, and then has left nothing behind
   */
  public static CompletableFuture<Coordinator> start(CoordinatorConfig config) {
    ExecutorService starter =
        Executors.newSingleThreadExecutor(task -> new Thread(task, "coordinator-start"));
    Coordinator coordinator = new Coordinator(config);
    CompletableFuture<Coordinator> done =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                coordinator.open();
                return coordinator;
              } catch (RuntimeException failure) {
                coordinator.close();
                throw failure;
              }
            },
            starter);
    starter.shutdown();
    return done;
  }

  public int httpPort() {
    return httpPort;
  }

  /** {@code http://HOST:PORT}. */
  public String httpUri() {
    return "http://" + config.httpHost() + ":" + httpPort;
  }

  private void open() {
    PgConnectOptions postgres = PgConnectOptions.fromUri(config.postgresUri());
    migrate(postgres);
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(2));
    started.push(() -> await(vertx.close()));
    Database database = push(new Database(vertx, postgres));
    Broker broker =
        push(
            Broker.connect(BrokerConfig.of(config.amqpUri(), config.queuePrefix()), "coordinator"));
    awaitBroker(broker);
    InstrumentCatalogue catalogue = InstrumentCatalogue.bundled();
    Envelopes envelopes = new Envelopes(EnvelopeRule.usual());
    JobLife life =
        new JobLife(
            new RetryPolicy(config.retryBase(), LONGEST_BACK_OFF, RandomGenerator.getDefault()),
            envelopes);
    Readinesses readinesses = new Readinesses(database, catalogue);
    Submissions submissions = new Submissions(database, catalogue, envelopes, readinesses);
    NodeCommands commands = new NodeCommands(broker);
    Claims claims = new Claims(database, config.lease(), new Provenance(catalogue));
    Events events = new Events(database, life);
    Telemetry telemetry = new Telemetry(database);
    TelemetryRetention retention = new TelemetryRetention(database);
    EventRetention eventRetention = new EventRetention(database, config.eventsKept());
    Duration nodeSilence = config.lease().plus(config.grace());
    OutboxPublisher publisher =
        new OutboxPublisher(database, broker, config.publishWindow(), nodeSilence);
    Reaper reaper =
        new Reaper(database, broker, life, config.lease(), config.grace(), config.unclaimedLimit());
    Metrics metrics = new Metrics(database, broker, nodeSilence);
    Pool pool = new Pool(nodeSilence);
    Reservations reservations = new Reservations(database, pool, ReservationPlan.usual());
    Loop publishing = loop("outbox", config.publishEvery(), publisher::round);
    List<Loop> loops =
        List.of(
            publishing,
            loop("reaper", config.reapEvery(), reaper::round),
            loop("reservations", RESERVE_EVERY, reservations::round),
            loop("telemetry", RETENTION_EVERY, retention::round),
            loop("events", EVENT_RETENTION_EVERY, eventRetention::round),
            loop("statistics", STATISTICS_EVERY, metrics::round));
    metrics.watch(
        publisher, claims, events, eventRetention, reaper, telemetry, retention, reservations);
    metrics.watch(loops);
    listen(vertx, postgres, publishing);
    Views views = new Views(database, catalogue, nodeSilence);
    OperatorCommands operators = new OperatorCommands(database, life, commands);
    MemoryRule memoryRule = MemoryRule.usual();
    HttpApi api =
        new HttpApi(
            List.of(
                new SubmissionRoutes(
                    submissions,
                    new SubmissionPlan(
                        database, catalogue, envelopes, readinesses, pool, memoryRule)),
                new QueueRoutes(
                    new QueueStanding(database, pool, memoryRule, nodeSilence),
                    new QueuePause(database)),
                new JobRoutes(
                    database, operators, new WaitReason(database, pool, memoryRule), views),
                new BatchRoutes(operators, views),
                new NodeRoutes(new Drains(database, commands), new Quarantines(database), views),
                new SourceRoutes(new SourceStore(database), readinesses)),
            new Health(views, broker, loops),
            metrics.registry(),
            httpWorkers());
    serve(vertx, api);
    loops.forEach(Loop::start);
    push(new MessageHandlers(
            broker,
            submissions,
            new Joins(database, config.lease(), config.joinToken()),
            claims,
            new Heartbeats(database, config.lease()),
            events,
            telemetry,
            () -> {
              if (publisher.leftSome()) {
                publishing.wake();
              }
            }))
        .start();
    LOG.info("The coordinator serves {}.", httpUri());
  }

  /** Not longer than a healthy broker takes; a missing one is told by {@code /health}. */
  private static void awaitBroker(Broker broker) {
    try {
      broker.ready().get(BROKER_PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException missing) {
      LOG.warn("The coordinator starts without a broker: {}.", broker.health().detail());
    } catch (ExecutionException | InterruptedException closed) {
      throw new StartFailure("The coordinator was stopped while it started.", closed);
    }
  }

  private void migrate(PgConnectOptions postgres) {
    try {
      Migrations.run(postgres);
    } catch (RuntimeException cause) {
      throw new StartFailure(
          "The database at "
              + postgres.getHost()
              + ":"
              + postgres.getPort()
              + "/"
              + postgres.getDatabase()
              + " cannot be used; start it or correct its address. ("
              + String.valueOf(cause.getMessage()).lines().findFirst().orElse("")
              + ")",
          cause);
    }
  }

  private <T extends AutoCloseable> T push(T resource) {
    started.push(resource);
    return resource;
  }

  private Loop loop(String name, Duration period, Loop.Round round) {
    return push(new Loop(name, period, System::nanoTime, round));
  }

  /** Notifications sent while the listener is away are lost; the loop's own period makes up. */
  private void listen(Vertx vertx, PgConnectOptions postgres, Loop publishing) {
    PgSubscriber subscriber = PgSubscriber.subscriber(vertx, postgres);
    subscriber.reconnectPolicy(retries -> 500L);
    subscriber.channel(OUTBOX_CHANNEL).handler(payload -> publishing.wake());
    await(subscriber.connect());
    started.push(() -> await(subscriber.close()));
  }

  private ExecutorService httpWorkers() {
    ThreadPoolExecutor workers =
        new ThreadPoolExecutor(
            HTTP_THREADS,
            HTTP_THREADS,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(HTTP_WAITING),
            task -> new Thread(task, "coordinator-http"));
    started.push(
        () -> {
          workers.shutdown();
          workers.awaitTermination(STEP_LIMIT_SECONDS, TimeUnit.SECONDS);
        });
    return workers;
  }

  private void serve(Vertx vertx, HttpApi api) {
    HttpServer server = vertx.createHttpServer().requestHandler(api.router(vertx));
    try {
      await(server.listen(config.httpPort(), config.httpHost()));
    } catch (CompletionException failure) {
      boolean inUse = failure.getCause() instanceof BindException;
      throw new StartFailure(
          inUse
              ? "Port "
                  + config.httpPort()
                  + " on "
                  + config.httpHost()
                  + " is in use; stop the program that listens there, or choose another port with"
                  + " --http-port or MORPHENE_HTTP_PORT."
              : "The HTTP server cannot listen on "
                  + config.httpHost()
                  + ":"
                  + config.httpPort()
                  + ": "
                  + failure.getCause().getMessage()
                  + ".",
          failure);
    }
    httpPort = server.actualPort();
    started.push(() -> await(server.close()));
  }

  private static <T> T await(Future<T> future) {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(STEP_LIMIT_SECONDS, TimeUnit.SECONDS)
        .join();
  }

  /**
   * Stops in the reverse order of the start: no requests any more, then the loops, then the broker,
   * whose handlers end first, and the database last. May be called again.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    while (!started.isEmpty()) {
      AutoCloseable resource = started.pop();
      try {
        resource.close();
      } catch (Exception failure) {
        LOG.warn("{} did not close cleanly; going on.", resource, failure);
      }
    }
  }
}
