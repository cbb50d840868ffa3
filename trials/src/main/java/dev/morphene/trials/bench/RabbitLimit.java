package dev.morphene.trials.bench;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Semaphore;

/** How fast the broker itself confirms: 1 KiB persistent messages into a quorum queue. */
final class RabbitLimit {
  private static final String QUEUE = "bench.confirms";
  private static final int WINDOW = 200;
  private static final int MESSAGE_BYTES = 1_024;

  private RabbitLimit() {}

  /** Messages a second, the second half of twice as many. */
  static double measure(String amqpUri, int messages) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(amqpUri);
    try (Connection connection = factory.newConnection("bench limit");
        Channel channel = connection.createChannel()) {
      channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
      channel.confirmSelect();
      Semaphore window = new Semaphore(WINDOW);
      NavigableSet<Long> unconfirmed = new ConcurrentSkipListSet<>();
      channel.addConfirmListener(
          (tag, multiple) -> confirm(unconfirmed, window, tag, multiple),
          (tag, multiple) -> {
            throw new IllegalStateException("The broker did not take a message.");
          });
      publish(channel, unconfirmed, window, messages);
      long startNanos = System.nanoTime();
      publish(channel, unconfirmed, window, messages);
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      channel.queueDelete(QUEUE);
      return messages / seconds;
    }
  }

  private static void publish(
      Channel channel, NavigableSet<Long> unconfirmed, Semaphore window, int messages)
      throws Exception {
    byte[] body = new byte[MESSAGE_BYTES];
    for (int i = 0; i < messages; i++) {
      window.acquire();
      unconfirmed.add(channel.getNextPublishSeqNo());
      channel.basicPublish("", QUEUE, true, MessageProperties.PERSISTENT_BASIC, body);
    }
    window.acquire(WINDOW);
    window.release(WINDOW);
  }

  private static void confirm(
      NavigableSet<Long> unconfirmed, Semaphore window, long tag, boolean multiple) {
    if (!multiple) {
      unconfirmed.remove(tag);
      window.release();
      return;
    }
    NavigableSet<Long> upTo = unconfirmed.headSet(tag, true);
    int count = upTo.size();
    upTo.clear();
    window.release(count);
  }
}
