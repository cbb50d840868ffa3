package dev.morphene.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Envelope;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.queue.QueueName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A message that a consumer holds until it settles it; the first settling counts. Settling after
 * the connection was lost does nothing: the broker delivers the message again.
 */
public final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  private final Broker broker;
  private final Session session;
  private final Channel channel;
  private final QueueName queue;
  private final Envelope envelope;
  private final AMQP.BasicProperties properties;
  private final byte[] body;
  private final AtomicBoolean settled = new AtomicBoolean();

  Delivery(
      Broker broker,
      Session session,
      Channel channel,
      QueueName queue,
      Envelope envelope,
      AMQP.BasicProperties properties,
      byte[] body) {
    this.broker = broker;
    this.session = session;
    this.channel = channel;
    this.queue = queue;
    this.envelope = envelope;
    this.properties = properties;
    this.body = body;
  }

  public QueueName queue() {
    return queue;
  }

  public byte[] body() {
    return body;
  }

  public Map<String, String> headers() {
    Map<String, String> texts = new HashMap<>();
    if (properties.getHeaders() != null) {
      properties.getHeaders().forEach((name, value) -> texts.put(name, String.valueOf(value)));
    }
    texts.remove(Session.TAG_HEADER);
    return texts;
  }

  public Optional<String> messageId() {
    return Optional.ofNullable(properties.getMessageId());
  }

  public Optional<String> replyTo() {
    return Optional.ofNullable(properties.getReplyTo());
  }

  public Optional<String> correlationId() {
    return Optional.ofNullable(properties.getCorrelationId());
  }

  /** Whether somebody had this message before and did not settle it. */
  public boolean redelivered() {
    return envelope.isRedeliver();
  }

  /** The message is done with. */
  public void ack() {
    settle(() -> channel.basicAck(envelope.getDeliveryTag(), false));
  }

  /** The message goes back to its queue at once. */
  public void requeue() {
    settle(() -> channel.basicNack(envelope.getDeliveryTag(), false, true));
  }

  /**
   * The message goes back to its queue after a pause: what stands in its way now may be gone then.
   */
  public void requeueLater() {
    broker.requeueLater(this);
  }

  /**
   * Moves the message to the dead-letter queue: published there with {@code reason} in the headers,
   * and acknowledged only when that is confirmed; requeued when it is not.
   *
   * @param reason one sentence
   */
  public CompletableFuture<Void> deadLetter(String reason) {
    if (!settled.compareAndSet(false, true)) {
      return CompletableFuture.completedFuture(null);
    }
    Map<String, String> headers = headers();
    headers.put(QueueName.REASON_HEADER, reason);
    return broker
        .publish(queue.deadLetter(), new Outgoing(body, messageId(), headers, true, 0))
        .whenComplete(
            (confirmed, failure) ->
                broker.settle(
                    session,
                    () -> {
                      if (failure == null) {
                        channel.basicAck(envelope.getDeliveryTag(), false);
                      } else {
                        channel.basicNack(envelope.getDeliveryTag(), false, true);
                      }
                    }));
  }

  /** Settles as a handler's throw does: see {@link DeliveryHandler}. For work done elsewhere. */
  public void fail(Throwable cause) {
    if (cause instanceof MalformedMessage malformed) {
      deadLetter(malformed.getMessage());
    } else {
      LOG.error("A message of {} could not be handled; it goes back to the queue.", queue, cause);
      requeueLater();
    }
  }

  private void settle(Broker.ChannelAction action) {
    if (settled.compareAndSet(false, true)) {
      broker.settle(session, action);
    }
  }
}
