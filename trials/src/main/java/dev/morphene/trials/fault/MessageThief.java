package dev.morphene.trials.fault;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.trials.process.Patience;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A stranger on the broker who takes its share of the messages beside the rightful consumers: of
 * ten, four are dropped, four are published twice, and two go back.
 */
final class MessageThief {
  private static final List<QueueName> QUEUES =
      List.of(
          QueueName.SUBMIT,
          QueueName.CLAIMS,
          QueueName.HEARTBEATS,
          QueueName.EVENTS,
          QueueName.work(JobKind.AUDIT),
          QueueName.work(JobKind.PREPROCESS));

  /** What is published twice may come back; without a pause that would be a whirl. */
  private static final long BETWEEN_MILLIS = 50;

  private static final long AGAIN_AFTER_MILLIS = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(360);

  private final String amqpUri;
  private final AtomicInteger dropped = new AtomicInteger();
  private final AtomicInteger duplicated = new AtomicInteger();

  MessageThief(String amqpUri) {
    this.amqpUri = amqpUri;
  }

  /**
   * Steals for a while, and until something was dropped or doubled. A broker that goes away only
   * interrupts it: what is left of its time it steals when the broker is back.
   *
   * @throws IllegalStateException when that did not come to pass within {@link #PATIENCE}
   */
  void steal(Duration time, Random random) throws InterruptedException {
    long left = time.toMillis();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int before = harm();
    while (left > 0 || harm() == before) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(
            "The thief gave up with "
                + left
                + " ms of its time left, having dropped or doubled "
                + (harm() - before)
                + " messages.");
      }
      long more = Math.max(left, AGAIN_AFTER_MILLIS);
      long stolen = stealUntilDisturbed(more, random);
      left -= stolen;
      if (stolen < more) {
        Patience.pause(AGAIN_AFTER_MILLIS);
      }
    }
  }

  private int harm() {
    return dropped.get() + duplicated.get();
  }

  /** For how many milliseconds it stole. */
  private long stealUntilDisturbed(long millis, Random random) throws InterruptedException {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setAutomaticRecoveryEnabled(false);
    try {
      factory.setUri(amqpUri);
      try (Connection connection = factory.newConnection("thief")) {
        for (QueueName queue : QUEUES) {
          Channel channel = connection.createChannel();
          channel.basicQos(1);
          channel.basicConsume(queue.value(), false, new Theft(channel, queue, random));
        }
        long stolen = 0;
        while (stolen < millis && connection.isOpen()) {
          Patience.pause(BETWEEN_MILLIS);
          stolen += BETWEEN_MILLIS;
        }
        return stolen;
      }
    } catch (InterruptedException interrupted) {
      throw interrupted;
    } catch (Exception brokerGone) {
      return 0;
    }
  }

  int dropped() {
    return dropped.get();
  }

  int duplicated() {
    return duplicated.get();
  }

  private final class Theft extends DefaultConsumer {
    private final QueueName queue;
    private final Random random;

    Theft(Channel channel, QueueName queue, Random random) {
      super(channel);
      this.queue = queue;
      this.random = random;
    }

    @Override
    public void handleDelivery(
        String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
        throws IOException {
      try {
        Patience.pause(BETWEEN_MILLIS);
      } catch (InterruptedException caught) {
        Thread.currentThread().interrupt();
        return;
      }
      try {
        choose(envelope.getDeliveryTag(), properties, body);
      } catch (AlreadyClosedException theftIsOver) {
        // The broker was killed, or time is up: the message goes back by itself.
      }
    }

    private void choose(long tag, AMQP.BasicProperties properties, byte[] body) throws IOException {
      int choice = random.nextInt(10);
      if (choice < 4) {
        dropped.incrementAndGet();
        getChannel().basicAck(tag, false);
      } else if (choice < 8) {
        duplicated.incrementAndGet();
        getChannel().basicPublish("", queue.value(), properties, body);
        getChannel().basicPublish("", queue.value(), properties, body);
        getChannel().basicAck(tag, false);
      } else {
        getChannel().basicNack(tag, false, true);
      }
    }
  }
}
