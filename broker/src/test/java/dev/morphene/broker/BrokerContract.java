package dev.morphene.broker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.morphene.broker.BrokerFailure.Reason;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.queue.QueueName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link Broker} promises on every broker; queue names carry a prefix of the test's own. */
@Timeout(300)
abstract class BrokerContract {
  private static final QueueName QUEUE = QueueName.EVENTS;

  private final String prefix = "test-" + UUID.randomUUID().toString().substring(0, 8) + ".";
  private final BlockingQueue<Delivery> arrived = new LinkedBlockingQueue<>();
  private Broker broker;

  /** Of the broker under test. */
  abstract String uri();

  @BeforeEach
  void connect() throws Exception {
    broker = Broker.connect(BrokerConfig.of(uri(), prefix), "contract");
    broker.ready().get(120, SECONDS);
  }

  @AfterEach
  void closeAndDeleteQueues() throws Exception {
    broker.close();
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(uri());
    factory.setAutomaticRecoveryEnabled(false);
    factory.setExceptionHandler(new QuietExceptionHandler());
    try (Connection connection = factory.newConnection("clean-up");
        Channel channel = connection.createChannel()) {
      for (QueueName queue : QueueName.all()) {
        channel.queueDelete(prefix + queue.value());
      }
    }
  }

  @Test
  void deliversWhatWasConfirmed() throws Exception {
    broker.consume(QUEUE, 5, arrived::add);
    broker
        .publish(
            QUEUE, new Outgoing(bytes("hello"), Optional.of("id-1"), Map.of("a", "b"), true, 3))
        .get(120, SECONDS);

    Delivery delivery = next();
    assertThat(text(delivery)).isEqualTo("hello");
    assertThat(delivery.messageId()).contains("id-1");
    assertThat(delivery.headers()).isEqualTo(Map.of("a", "b"));
    assertThat(delivery.redelivered()).isFalse();
    delivery.ack();
  }

  @Test
  void confirmsManyAtOnce() throws Exception {
    CompletableFuture<?>[] confirms = new CompletableFuture<?>[500];
    for (int i = 0; i < confirms.length; i++) {
      confirms[i] = broker.publish(QUEUE, bytes("m" + i));
    }
    CompletableFuture.allOf(confirms).get(120, SECONDS);
    assertThat(broker.messageCount(QUEUE).get(120, SECONDS)).isEqualTo(confirms.length);
    broker.consume(QUEUE, 100, arrived::add);
    for (int i = 0; i < confirms.length; i++) {
      Delivery delivery = next();
      assertThat(text(delivery)).isEqualTo("m" + i);
      delivery.ack();
    }
  }

  @Test
  void failsAMessageThatNoQueueTakes() {
    assertReason(
        broker.publish(new QueueName("morphene.nobody"), bytes("x")),
        Reason.UNROUTABLE,
        Reason.NOT_ACCEPTED);
    assertThat(broker.health().isWell()).isTrue();
  }

  @Test
  void deadLettersAMalformedMessageWithItsReason() throws Exception {
    BlockingQueue<Delivery> dead = new LinkedBlockingQueue<>();
    broker.consume(QUEUE.deadLetter(), 1, dead::add);
    broker.consume(
        QUEUE,
        1,
        delivery -> {
          throw new MalformedMessage("\"kind\" is missing.", null);
        });
    broker.publish(QUEUE, bytes("{}")).get(120, SECONDS);

    Delivery letter = dead.poll(120, SECONDS);
    assertThat(letter).isNotNull();
    assertThat(text(letter)).isEqualTo("{}");
    assertThat(letter.headers()).containsEntry(QueueName.REASON_HEADER, "\"kind\" is missing.");
    letter.ack();
  }

  @Test
  void handsAMessageOverAgainAfterTheHandlerThrew() throws Exception {
    broker.consume(
        QUEUE,
        1,
        delivery -> {
          arrived.add(delivery);
          if (!delivery.redelivered()) {
            throw new IllegalStateException("a fault of the handler, on purpose");
          }
          delivery.ack();
        });
    broker.publish(QUEUE, bytes("again")).get(120, SECONDS);
    broker.publish(QUEUE, bytes("after")).get(120, SECONDS);

    // Where a returned message stands again differs: at the head of a classic queue, at the end of
    // a replicated one.
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Delivery delivery = next();
      seen.add(text(delivery) + (delivery.redelivered() ? " again" : ""));
    }
    assertThat(seen)
        .containsExactlyInAnyOrder("again", "again again", "after", "after again")
        .containsSubsequence("again", "again again")
        .containsSubsequence("after", "after again");
  }

  @Test
  void servesTheConsumerOfHigherPriorityFirst() throws Exception {
    BlockingQueue<Delivery> large = new LinkedBlockingQueue<>();
    Subscription low = broker.consumePaused(QUEUE, 10, -80, large::add);
    Subscription high = broker.consumePaused(QUEUE, 10, -24, arrived::add);
    low.resume().get(120, SECONDS);
    high.resume().get(120, SECONDS);
    for (int i = 0; i < 5; i++) {
      broker.publish(QUEUE, bytes("m" + i)).get(120, SECONDS);
      Delivery delivery = next();
      assertThat(text(delivery)).isEqualTo("m" + i);
      delivery.ack();
    }
    assertThat(large).isEmpty();
  }

  @Test
  void holdsBackWhatThePrefetchDoesNotAllow() throws Exception {
    broker.consume(QUEUE, 1, arrived::add);
    broker.publish(QUEUE, bytes("first")).get(120, SECONDS);
    broker.publish(QUEUE, bytes("second")).get(120, SECONDS);

    Delivery first = next();
    assertThat(text(first)).isEqualTo("first");
    assertThat(arrived).isEmpty();
    first.ack();
    assertThat(text(next())).isEqualTo("second");
  }

  @Test
  void requeuesWhatAClosedConsumerDidNotSettle() throws Exception {
    Subscription gone = broker.consume(QUEUE, 1, arrived::add);
    broker.publish(QUEUE, bytes("kept")).get(120, SECONDS);
    Delivery unsettled = next();
    gone.close();
    broker.consume(QUEUE, 1, arrived::add);

    Delivery again = next();
    assertThat(text(again)).isEqualTo("kept");
    assertThat(again.redelivered()).isTrue();
    unsettled.ack();
    again.ack();
  }

  @Test
  void takesNothingWhilePaused() throws Exception {
    Subscription subscription = broker.consumePaused(QUEUE, 1, 0, arrived::add);
    broker.publish(QUEUE, bytes("later")).get(120, SECONDS);
    assertThat(subscription.isConsuming()).isFalse();
    assertThat(broker.health().notConsuming()).isEmpty();

    subscription.resume().get(120, SECONDS);
    Delivery delivery = next();
    subscription.pause().get(120, SECONDS);
    delivery.requeue();
    broker.publish(QUEUE, bytes("still later")).get(120, SECONDS);
    assertThat(subscription.isConsuming()).isFalse();
    assertThat(arrived).isEmpty();

    subscription.resume().get(120, SECONDS);
    Delivery resumed = next();
    assertThat(text(resumed)).isEqualTo("later");
    resumed.ack();
    assertThat(text(next())).isEqualTo("still later");
  }

  @Test
  void answersARequest() throws Exception {
    broker.consume(
        QueueName.CLAIMS,
        4,
        delivery -> {
          broker.reply(delivery, bytes(text(delivery) + "!"));
          delivery.ack();
        });
    CompletableFuture<byte[]> one =
        broker.request(QueueName.CLAIMS, bytes("one"), Duration.ofSeconds(120));
    CompletableFuture<byte[]> two =
        broker.request(QueueName.CLAIMS, bytes("two"), Duration.ofSeconds(120));
    assertThat(one.get(120, SECONDS)).isEqualTo(bytes("one!"));
    assertThat(two.get(120, SECONDS)).isEqualTo(bytes("two!"));
  }

  @Test
  void saysThatNobodyAnswered() {
    assertReason(
        broker.request(QueueName.CLAIMS, bytes("?"), Duration.ofMillis(300)), Reason.TIMEOUT);
  }

  @Test
  void failsAnAnswerWhoseAskerIsGone() throws Exception {
    Broker asker = Broker.connect(BrokerConfig.of(uri(), prefix), "asker");
    asker.ready().get(120, SECONDS);
    broker.consume(QueueName.CLAIMS, 1, arrived::add);
    CompletableFuture<byte[]> answer =
        asker.request(QueueName.CLAIMS, bytes("?"), Duration.ofSeconds(120));
    Delivery request = next();
    asker.close();

    assertReason(answer, Reason.CLOSED, Reason.CONNECTION_LOST);
    assertReason(broker.reply(request, bytes("!")), Reason.UNROUTABLE, Reason.NOT_ACCEPTED);
    request.ack();
  }

  @Test
  void refusesToPublishOnceItIsClosed() {
    broker.close();
    broker.close();
    assertReason(broker.publish(QUEUE, bytes("x")), Reason.CLOSED);
    assertThat(broker.health().connected()).isFalse();
  }

  private Delivery next() throws InterruptedException {
    Delivery delivery = arrived.poll(120, SECONDS);
    assertThat(delivery).as("a delivery").isNotNull();
    return delivery;
  }

  static void assertReason(CompletableFuture<?> outcome, Reason... reasons) {
    assertThatThrownBy(() -> outcome.get(120, SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            BrokerFailure.class, failure -> assertThat(failure.reason()).isIn((Object[]) reasons));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(Delivery delivery) {
    return new String(delivery.body(), StandardCharsets.UTF_8);
  }
}
