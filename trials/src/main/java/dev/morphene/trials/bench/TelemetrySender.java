package dev.morphene.trials.bench;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.message.SessionId;
import dev.morphene.protocol.queue.QueueName;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Speaks for all nodes: their messages are spread evenly over each second and, as nodes send them,
 * not persistent and with confirms.
 */
final class TelemetrySender implements AutoCloseable {
  private static final long TICK_MILLIS = 10;
  private static final long CLOSE_LIMIT_SECONDS = 10;

  private final TelemetryLoad load;
  private final SessionId session = SessionId.fresh();
  private final InstantSource clock;
  private final LongSupplier ticker;
  private final Connection connection;
  private final Channel channel;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final CountDownLatch done = new CountDownLatch(1);
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "telemetry-sender"));
  private volatile Throwable trouble;
  private long begunNanos;

  /**
   * @param clock the nodes' wall clock
   * @param ticker nanoseconds
   */
  TelemetrySender(TelemetryLoad load, String amqpUri, InstantSource clock, LongSupplier ticker)
      throws Exception {
    this.load = load;
    this.clock = clock;
    this.ticker = ticker;
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(amqpUri);
    factory.setAutomaticRecoveryEnabled(false);
    this.connection = factory.newConnection("telemetry bench");
    this.channel = connection.createChannel();
    channel.confirmSelect();
    channel.addConfirmListener((tag, multiple) -> {}, (tag, multiple) -> refused.incrementAndGet());
  }

  void start() {
    begunNanos = ticker.getAsLong();
    executor.scheduleAtFixedRate(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Sends what is due by now. */
  private void tick() {
    try {
      long total = (long) load.nodes() * load.seconds();
      double elapsedSeconds = (ticker.getAsLong() - begunNanos) / 1e9;
      long due = Math.min(total, (long) (elapsedSeconds * load.nodes()));
      while (sent.get() < due) {
        send(sent.get());
        sent.incrementAndGet();
      }
      if (due == total) {
        done.countDown();
      }
    } catch (IOException | RuntimeException failure) {
      trouble = failure;
      done.countDown();
    }
  }

  private void send(long message) throws IOException {
    int node = (int) (message % load.nodes());
    long sequence = message / load.nodes() + 1;
    channel.basicPublish(
        "",
        QueueName.TELEMETRY.value(),
        true,
        new AMQP.BasicProperties.Builder().contentType("application/json").deliveryMode(1).build(),
        ProtocolJson.write(load.message(node, session, sequence, clock.instant())));
  }

  /** Whether all is sent. */
  boolean await(long millis) throws InterruptedException {
    boolean all = done.await(millis, TimeUnit.MILLISECONDS);
    if (trouble != null) {
      throw new IllegalStateException("The sender failed: " + trouble.getMessage(), trouble);
    }
    return all;
  }

  /** Waits until the broker has confirmed all. */
  void awaitConfirms() throws Exception {
    channel.waitForConfirms(TimeUnit.SECONDS.toMillis(CLOSE_LIMIT_SECONDS));
  }

  /** Messages so far. */
  long sent() {
    return sent.get();
  }

  /** Messages that the broker did not take. */
  long refused() {
    return refused.get();
  }

  @Override
  public void close() throws Exception {
    executor.shutdownNow();
    executor.awaitTermination(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
    connection.close();
  }
}
