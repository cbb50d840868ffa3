package dev.morphene.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import dev.morphene.protocol.queue.QueueName;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer that comes back after every reconnect, on a channel of its own. All changes run on the
 * broker object's thread.
 */
public final class Subscription implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

  private enum Wanted {
    CONSUMING,
    PAUSED,
    CLOSED
  }

  private final Broker broker;
  private final QueueName queue;
  private final String brokerQueue;
  private final int prefetch;
  private final int priority;
  private final DeliveryHandler handler;
  private volatile Wanted wanted;
  private volatile boolean consuming;
  private volatile String trouble = "it has not started yet";
  private Session session;
  private Channel channel;
  private String consumerTag;

  Subscription(
      Broker broker,
      QueueName queue,
      String brokerQueue,
      int prefetch,
      int priority,
      boolean paused,
      DeliveryHandler handler) {
    this.broker = broker;
    this.queue = queue;
    this.brokerQueue = brokerQueue;
    this.prefetch = prefetch;
    this.priority = priority;
    this.handler = handler;
    this.wanted = paused ? Wanted.PAUSED : Wanted.CONSUMING;
  }

  /**
   * Takes no further messages; those already delivered are still handed over and to be settled.
   * Done when the broker knows, or at once when there is no connection.
   */
  public CompletableFuture<Void> pause() {
    return change(Wanted.PAUSED);
  }

  /** Takes messages again. */
  public CompletableFuture<Void> resume() {
    return change(Wanted.CONSUMING);
  }

  /** Ends for good; messages that are not settled go back to the queue. */
  @Override
  public void close() {
    wanted = Wanted.CLOSED;
    broker.forget(this);
    broker.onOwner(this::apply);
  }

  public boolean isConsuming() {
    return consuming;
  }

  /** A sentence when it should consume and does not. */
  Optional<String> notConsumingBecause() {
    return wanted == Wanted.CONSUMING && !consuming
        ? Optional.of("Not consuming " + queue + ": " + trouble + ".")
        : Optional.empty();
  }

  private CompletableFuture<Void> change(Wanted next) {
    if (wanted != Wanted.CLOSED) {
      wanted = next;
    }
    return broker.onOwner(this::apply);
  }

  /** On the owner's thread, with each new session. */
  void attach(Session fresh) throws IOException {
    session = fresh;
    channel = null;
    consumerTag = null;
    consuming = false;
    applyNow();
  }

  /** On the owner's thread, when the session is over. */
  void detach(String why) {
    session = null;
    channel = null;
    consumerTag = null;
    consuming = false;
    trouble = why;
  }

  private void apply() {
    if (session == null) {
      return;
    }
    try {
      applyNow();
    } catch (IOException | RuntimeException cause) {
      trouble = String.valueOf(cause.getMessage());
      LOG.warn("The consumer of {} could not be changed; reconnecting.", queue, cause);
      session.end();
    }
  }

  private void applyNow() throws IOException {
    if (wanted == Wanted.CONSUMING && consumerTag == null) {
      if (channel == null) {
        if (queue.isCommandQueue()) {
          session.declareCommandQueue(queue);
        }
        channel = session.openChannel();
        channel.basicQos(prefetch);
      }
      consumerTag =
          channel.basicConsume(
              brokerQueue, false, Map.of("x-priority", priority), new Receiver(session, channel));
      consuming = true;
    } else if (wanted != Wanted.CONSUMING && consumerTag != null) {
      channel.basicCancel(consumerTag);
      consumerTag = null;
      consuming = false;
    }
    if (wanted == Wanted.CLOSED && channel != null) {
      channel.abort();
      channel = null;
    }
  }

  private final class Receiver extends DefaultConsumer {
    private final Session receivingSession;

    Receiver(Session receivingSession, Channel receivingChannel) {
      super(receivingChannel);
      this.receivingSession = receivingSession;
    }

    @Override
    public void handleDelivery(
        String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
      Delivery delivery =
          new Delivery(broker, receivingSession, getChannel(), queue, envelope, properties, body);
      try {
        handler.handle(delivery);
      } catch (Exception | LinkageError | StackOverflowError failure) {
        delivery.fail(failure);
      }
    }

    /** The broker cancelled us: the queue was deleted. A new session declares it again. */
    @Override
    public void handleCancel(String tag) {
      LOG.warn("The broker cancelled the consumer of {}; reconnecting.", queue);
      receivingSession.end();
    }
  }
}
