package dev.morphene.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import dev.morphene.broker.BrokerFailure.Reason;
import dev.morphene.protocol.queue.QueueName;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The life of one connection: its epoch. Delivery tags and confirms mean something only within it,
 * so everything that holds one holds the session too.
 */
final class Session {
  /** Finds a returned message again: a return carries no tag of its own. */
  static final String TAG_HEADER = "x-morphene-tag";

  private static final int CLOSE_LIMIT_MILLIS = 2_000;

  private final Connection connection;
  private final Channel publishing;
  private final Topology topology;
  private final String replyQueue;
  private final ConcurrentNavigableMap<Long, Pending> outstanding = new ConcurrentSkipListMap<>();
  private volatile boolean over;
  private volatile String blockedBecause;

  /**
   * Connects, declares every queue and starts listening for replies; blocks.
   *
   * @param onLost told once, with the reason, when the connection ends other than by {@link #close}
   */
  Session(
      ConnectionFactory factory,
      ExecutorService deliveries,
      String name,
      BrokerConfig config,
      Replies replies,
      BiConsumer<Session, String> onLost)
      throws IOException, TimeoutException {
    connection = factory.newConnection(deliveries, name);
    try {
      connection.addShutdownListener(signal -> onLost.accept(this, words(signal)));
      connection.addBlockedListener(reason -> blockedBecause = reason, () -> blockedBecause = null);
      publishing = openChannel();
      publishing.confirmSelect();
      publishing.addConfirmListener(
          (tag, multiple) -> settle(tag, multiple, Pending::confirmed),
          (tag, multiple) ->
              settle(
                  tag,
                  multiple,
                  pending ->
                      pending.fail(
                          Reason.NOT_ACCEPTED, "The broker did not accept the message.", null)));
      publishing.addReturnListener(returned -> markReturned(returned.getProperties()));
      topology = new Topology(connection, config);
      topology.declareAll();
      replyQueue = listenForReplies(replies);
    } catch (IOException | RuntimeException failure) {
      connection.abort(CLOSE_LIMIT_MILLIS);
      throw failure;
    }
  }

  private String listenForReplies(Replies replies) throws IOException {
    Channel channel = openChannel();
    String queue = channel.queueDeclare("", false, true, true, Map.of()).getQueue();
    channel.basicConsume(
        queue,
        true,
        (tag, message) ->
            replies.arrived(message.getProperties().getCorrelationId(), message.getBody()),
        tag -> end());
    return queue;
  }

  /** A channel whose unexpected end is the end of the session: a new one sets everything right. */
  Channel openChannel() throws IOException {
    Channel channel = connection.createChannel();
    if (channel == null) {
      throw new IOException("The broker has no channel left for this connection.");
    }
    channel.addShutdownListener(
        signal -> {
          if (!signal.isHardError() && !signal.isInitiatedByApplication()) {
            end();
          }
        });
    return channel;
  }

  /**
   * Ends the connection without waiting for it; {@code onLost} is told. From any thread, the
   * connection's own included.
   */
  void end() {
    new Thread(() -> connection.abort(CLOSE_LIMIT_MILLIS), "amqp-session-end").start();
  }

  /** Declares the queue of a node's commands; the others are declared with the connection. */
  void declareCommandQueue(QueueName queue) throws IOException {
    topology.declare(queue);
  }

  String replyQueue() {
    return replyQueue;
  }

  String blockedBecause() {
    return blockedBecause;
  }

  /** Called by the owner's thread alone: the tag and the publish must not be torn apart. */
  void publish(String routingKey, AMQP.BasicProperties properties, byte[] body, Pending pending) {
    if (pending.isDone()) {
      return;
    }
    long tag = publishing.getNextPublishSeqNo();
    outstanding.put(tag, pending);
    try {
      publishing.basicPublish("", routingKey, true, false, tagged(properties, tag), body);
    } catch (IOException | AlreadyClosedException failure) {
      outstanding.remove(tag);
      pending.fail(Reason.CONNECTION_LOST, "The connection was lost.", failure);
      return;
    }
    if (over) {
      failOutstanding();
    }
  }

  private static AMQP.BasicProperties tagged(AMQP.BasicProperties properties, long tag) {
    Map<String, Object> headers = new HashMap<>(properties.getHeaders());
    headers.put(TAG_HEADER, tag);
    return properties.builder().headers(headers).build();
  }

  private void settle(long tag, boolean multiple, Consumer<Pending> outcome) {
    if (multiple) {
      ConcurrentNavigableMap<Long, Pending> upTo = outstanding.headMap(tag, true);
      upTo.values().forEach(outcome);
      upTo.clear();
      return;
    }
    Pending pending = outstanding.remove(tag);
    if (pending != null) {
      outcome.accept(pending);
    }
  }

  private void markReturned(AMQP.BasicProperties properties) {
    if (properties.getHeaders() != null
        && properties.getHeaders().get(TAG_HEADER) instanceof Long tag) {
      Pending pending = outstanding.get(tag);
      if (pending != null) {
        pending.markReturned();
      }
    }
  }

  /** Nothing will be confirmed in this session any more. */
  void failOutstanding() {
    over = true;
    for (Long tag : outstanding.keySet()) {
      Pending pending = outstanding.remove(tag);
      if (pending != null) {
        pending.fail(
            Reason.CONNECTION_LOST, "The connection was lost before the confirm came.", null);
      }
    }
  }

  long messageCount(String queue) throws IOException {
    return publishing.messageCount(queue);
  }

  boolean hasOutstanding() {
    return !outstanding.isEmpty();
  }

  /** Blocks for at most two seconds. */
  void close() {
    connection.abort(CLOSE_LIMIT_MILLIS);
  }

  private static String words(ShutdownSignalException signal) {
    return signal.getMessage();
  }
}
