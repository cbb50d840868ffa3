package dev.morphene.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.ConnectionFactory;
import dev.morphene.broker.BrokerFailure.Reason;
import dev.morphene.protocol.queue.QueueName;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to the broker that heals itself. One thread connects, declares, publishes and
 * settles; each connection is a {@link Session} of its own, and nothing of an old one reaches a new
 * one.
 *
 * <p>A publish is done when the broker has confirmed it, and fails when the broker refuses it, has
 * no such queue, stays silent or goes away. It may then be on the broker all the same: the caller
 * publishes again with the same message id, and consumers are idempotent. Thread safe.
 */
public final class Broker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
  private static final Duration REQUEUE_PAUSE = Duration.ofSeconds(1);
  private static final int CONNECT_LIMIT_MILLIS = 5_000;
  private static final int RPC_LIMIT_MILLIS = 10_000;
  private static final int HEARTBEAT_SECONDS = 10;
  private static final long CLOSE_LIMIT_MILLIS = 5_000;

  /** Something done to a channel on the owner's thread. */
  @FunctionalInterface
  interface ChannelAction {
    void run() throws IOException;
  }

  private final BrokerConfig config;
  private final String name;
  private final ConnectionFactory factory;
  private final ExecutorService owner;
  private final ExecutorService deliveries;
  private final ScheduledExecutorService timer;
  private final Replies replies;
  private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicLong sessions = new AtomicLong();
  private volatile Session session;
  private volatile String trouble = "connecting";
  private int failures;

  private Broker(BrokerConfig config, String name, ConnectionFactory factory) {
    this.config = config;
    this.name = name;
    this.factory = factory;
    this.owner = Executors.newSingleThreadExecutor(task -> new Thread(task, name + "-amqp"));
    this.deliveries =
        Executors.newCachedThreadPool(task -> new Thread(task, name + "-amqp-delivery"));
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, task -> new Thread(task, name + "-amqp-timer"));
    // Nearly every limit is cancelled; thousands a second must not pile up until they pass.
    timer.setRemoveOnCancelPolicy(true);
    this.timer = timer;
    this.replies = new Replies(deliveries);
  }

  /**
   * Starts connecting and returns at once; {@link #ready} says when it is done. Until then, and
   * whenever the connection is lost, it keeps trying.
   *
   * @param name of the connection and its threads
   * @throws IllegalArgumentException with one sentence when the address cannot be used
   */
  public static Broker connect(BrokerConfig config, String name) {
    ConnectionFactory factory = new ConnectionFactory();
    try {
      factory.setUri(config.uri());
    } catch (Exception cause) {
      throw new IllegalArgumentException(
          "The broker's address cannot be used: " + cause.getMessage() + ".", cause);
    }
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    factory.setConnectionTimeout(CONNECT_LIMIT_MILLIS);
    factory.setHandshakeTimeout(CONNECT_LIMIT_MILLIS);
    factory.setChannelRpcTimeout(RPC_LIMIT_MILLIS);
    factory.setRequestedHeartbeat(HEARTBEAT_SECONDS);
    factory.setThreadFactory(task -> new Thread(task, name + "-amqp-io"));
    factory.setExceptionHandler(new QuietExceptionHandler());
    Broker broker = new Broker(config, name, factory);
    broker.onOwner(broker::open);
    return broker;
  }

  /** Done with the first connection; fails only when this is closed before that. */
  public CompletableFuture<Void> ready() {
    return ready.copy();
  }

  /**
   * Publishes to a queue, mandatory.
   *
   * @return done when confirmed; otherwise fails with {@link BrokerFailure}
   */
  public CompletableFuture<Void> publish(QueueName queue, Outgoing message) {
    return send(config.nameOf(queue), properties(message, Optional.empty(), null), message.body());
  }

  /** Publishes a persistent message; otherwise as {@link #publish(QueueName, Outgoing)}. */
  public CompletableFuture<Void> publish(QueueName queue, byte[] body) {
    return publish(queue, Outgoing.persistent(body));
  }

  /**
   * Asks whoever consumes the queue and waits for the reply. The question stays on the queue when
   * nobody takes it in time, so answering it late must do no harm. (A message's own expiration is
   * no way out: RabbitMQ reads it as a duration, the embedded broker as a moment.)
   */
  public CompletableFuture<byte[]> request(QueueName queue, byte[] body, Duration timeout) {
    Session now = session;
    if (now == null) {
      return CompletableFuture.failedFuture(notConnected());
    }
    String correlationId = UUID.randomUUID().toString();
    CompletableFuture<byte[]> reply = replies.expect(correlationId);
    AMQP.BasicProperties properties =
        properties(Outgoing.fleeting(body), Optional.of(correlationId), now.replyQueue());
    ScheduledFuture<?> limit =
        later(
            timeout,
            () ->
                replies.fail(
                    correlationId,
                    new BrokerFailure(
                        Reason.TIMEOUT,
                        "Nobody answered on "
                            + queue
                            + " within "
                            + timeout.toMillis()
                            + " ms; is a coordinator running?",
                        null)));
    reply.whenComplete((answer, failure) -> cancel(limit));
    send(config.nameOf(queue), properties, body)
        .whenComplete(
            (confirmed, failure) -> {
              if (failure != null) {
                replies.fail(correlationId, failure);
              }
            });
    return reply;
  }

  /**
   * Answers a request; done at once when the delivery asked for no answer. Fails when the asker is
   * gone.
   */
  public CompletableFuture<Void> reply(Delivery request, byte[] body) {
    if (request.replyTo().isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return send(
        request.replyTo().get(),
        properties(Outgoing.fleeting(body), request.correlationId(), null),
        body);
  }

  /**
   * Consumes a queue on a channel of its own until the subscription or this object is closed.
   *
   * @param prefetch how many deliveries may be unsettled at a time, 1 or more
   */
  public Subscription consume(QueueName queue, int prefetch, DeliveryHandler handler) {
    return subscribe(queue, prefetch, 0, false, handler);
  }

  /**
   * As {@link #consume}, but takes nothing before {@link Subscription#resume}.
   *
   * @param priority consumers with a higher one are served first, as long as they take
   */
  public Subscription consumePaused(
      QueueName queue, int prefetch, int priority, DeliveryHandler handler) {
    return subscribe(queue, prefetch, priority, true, handler);
  }

  private Subscription subscribe(
      QueueName queue, int prefetch, int priority, boolean paused, DeliveryHandler handler) {
    if (prefetch < 1) {
      throw new IllegalArgumentException("A prefetch is 1 or more, not " + prefetch + ".");
    }
    Subscription subscription =
        new Subscription(this, queue, config.nameOf(queue), prefetch, priority, paused, handler);
    onOwner(
        () -> {
          subscriptions.add(subscription);
          Session now = session;
          if (now != null) {
            attach(subscription, now);
          }
        });
    return subscription;
  }

  /** How many messages of a queue wait for a consumer; deliveries under way are not counted. */
  public CompletableFuture<Long> messageCount(QueueName queue) {
    Session now = session;
    if (now == null) {
      return CompletableFuture.failedFuture(notConnected());
    }
    CompletableFuture<Long> count = new CompletableFuture<>();
    onOwner(
            () -> {
              try {
                count.complete(now.messageCount(config.nameOf(queue)));
              } catch (IOException | AlreadyClosedException failure) {
                count.completeExceptionally(
                    new BrokerFailure(Reason.CONNECTION_LOST, "The connection was lost.", failure));
              }
            })
        .exceptionally(
            closing -> {
              count.completeExceptionally(closing);
              return null;
            });
    return count;
  }

  public BrokerHealth health() {
    Session now = session;
    String blocked = now == null ? null : now.blockedBecause();
    String detail = "connected";
    if (now == null) {
      detail = "not connected to " + config + ": " + trouble;
    } else if (blocked != null) {
      detail = "the broker takes no messages: " + blocked;
    }
    return new BrokerHealth(
        now != null && blocked == null,
        detail,
        subscriptions.stream()
            .flatMap(subscription -> subscription.notConsumingBecause().stream())
            .toList());
  }

  /** How many connections there have been; more than 1 means that some were lost. */
  public long connections() {
    return sessions.get();
  }

  private AMQP.BasicProperties properties(
      Outgoing message, Optional<String> correlationId, String replyTo) {
    return new AMQP.BasicProperties.Builder()
        .contentType("application/json")
        .deliveryMode(message.persistent() ? 2 : 1)
        .priority(message.priority())
        .messageId(message.messageId().orElseGet(() -> UUID.randomUUID().toString()))
        .correlationId(correlationId.orElse(null))
        .replyTo(replyTo)
        .headers(new HashMap<>(Map.<String, Object>copyOf(message.headers())))
        .build();
  }

  private CompletableFuture<Void> send(
      String routingKey, AMQP.BasicProperties properties, byte[] body) {
    Session now = session;
    if (now == null) {
      return CompletableFuture.failedFuture(notConnected());
    }
    Pending pending = new Pending(routingKey, deliveries);
    ScheduledFuture<?> limit =
        later(
            config.confirmTimeout(),
            () ->
                pending.fail(
                    Reason.TIMEOUT,
                    "No confirm within " + config.confirmTimeout().toMillis() + " ms.",
                    null));
    pending.promise().whenComplete((confirmed, failure) -> cancel(limit));
    onOwner(() -> now.publish(routingKey, properties, body, pending));
    return pending.promise();
  }

  private BrokerFailure notConnected() {
    return closed.get()
        ? new BrokerFailure(Reason.CLOSED, "The connection to the broker is closed.", null)
        : new BrokerFailure(Reason.NOT_CONNECTED, health().detail(), null);
  }

  /** Runs on the thread that owns the connection; fails when this object is closed. */
  CompletableFuture<Void> onOwner(Runnable action) {
    try {
      return CompletableFuture.runAsync(
          () -> {
            try {
              action.run();
            } catch (RuntimeException fault) {
              LOG.error("A fault on the broker thread of {}; going on.", name, fault);
              throw fault;
            }
          },
          owner);
    } catch (RejectedExecutionException over) {
      return CompletableFuture.failedFuture(
          new BrokerFailure(Reason.CLOSED, "The connection to the broker is closed.", over));
    }
  }

  /** Does nothing when {@code of} is no longer the session: the broker delivers again. */
  void settle(Session of, ChannelAction action) {
    onOwner(
        () -> {
          if (session != of) {
            return;
          }
          try {
            action.run();
          } catch (IOException | AlreadyClosedException lost) {
            LOG.debug("A delivery could not be settled; it will come again.", lost);
          }
        });
  }

  void requeueLater(Delivery delivery) {
    later(REQUEUE_PAUSE, delivery::requeue);
  }

  void forget(Subscription subscription) {
    subscriptions.remove(subscription);
  }

  private void open() {
    if (closed.get() || session != null) {
      return;
    }
    try {
      Session fresh = new Session(factory, deliveries, name, config, replies, this::lost);
      session = fresh;
      failures = 0;
      sessions.incrementAndGet();
      subscriptions.forEach(subscription -> attach(subscription, fresh));
      LOG.info("{} is connected to {}.", name, config);
      deliveries.execute(() -> ready.complete(null));
    } catch (IOException | TimeoutException | RuntimeException cause) {
      trouble = words(cause);
      if (failures == 0) {
        LOG.warn("{} cannot reach {} ({}); it keeps trying.", name, config, trouble);
      }
      reconnectLater();
    }
  }

  private static String words(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }

  private void attach(Subscription subscription, Session to) {
    try {
      subscription.attach(to);
    } catch (IOException | RuntimeException cause) {
      LOG.warn("A consumer could not start; reconnecting.", cause);
      to.end();
    }
  }

  private void lost(Session ended, String why) {
    onOwner(
        () -> {
          ended.failOutstanding();
          if (session != ended) {
            return;
          }
          session = null;
          trouble = why;
          replies.failAll(Reason.CONNECTION_LOST, "The connection was lost before the reply came.");
          subscriptions.forEach(subscription -> subscription.detach(why));
          if (!closed.get()) {
            LOG.warn("{} lost {} ({}); reconnecting.", name, config, why);
            reconnectLater();
          }
        });
  }

  private void reconnectLater() {
    later(config.reconnectDelay(failures++), () -> onOwner(this::open));
  }

  /** Null when this object is closed. */
  private ScheduledFuture<?> later(Duration delay, Runnable action) {
    try {
      return timer.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException over) {
      return null;
    }
  }

  private static void cancel(Future<?> limit) {
    if (limit != null) {
      limit.cancel(false);
    }
  }

  /**
   * Stops consuming, gives outstanding confirms a moment, fails what is left and ends all threads.
   * May be called again.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    subscriptions.forEach(Subscription::close);
    CountDownLatch done = new CountDownLatch(1);
    awaitOutstanding(
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_LIMIT_MILLIS) / 2, done);
    try {
      if (!done.await(CLOSE_LIMIT_MILLIS, TimeUnit.MILLISECONDS)) {
        LOG.warn("The connection of {} did not end in time.", name);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    owner.shutdown();
    timer.shutdownNow();
    replies.failAll(Reason.CLOSED, "The connection to the broker is closed.");
    deliveries.execute(
        () -> ready.completeExceptionally(new IllegalStateException("Closed before connected.")));
    deliveries.shutdown();
    try {
      // Handlers under way may still need what their owner closes next.
      if (!deliveries.awaitTermination(CLOSE_LIMIT_MILLIS, TimeUnit.MILLISECONDS)) {
        LOG.warn("A handler of {} did not end in time.", name);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitOutstanding(long deadlineNanos, CountDownLatch done) {
    onOwner(
            () -> {
              Session now = session;
              if (now != null && now.hasOutstanding() && System.nanoTime() < deadlineNanos) {
                later(Duration.ofMillis(20), () -> awaitOutstanding(deadlineNanos, done));
                return;
              }
              session = null;
              if (now != null) {
                now.close();
                now.failOutstanding();
              }
              done.countDown();
            })
        .exceptionally(
            failure -> {
              done.countDown();
              return null;
            });
  }
}
