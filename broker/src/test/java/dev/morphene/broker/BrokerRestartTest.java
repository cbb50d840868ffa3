package dev.morphene.broker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.broker.BrokerFailure.Reason;
import dev.morphene.embedded.EmbeddedBroker;
import dev.morphene.protocol.queue.QueueName;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class BrokerRestartTest {
  private static final QueueName QUEUE = QueueName.SUBMIT;

  @TempDir Path folder;

  @Test
  void losesNothingConfirmedAndConsumesAgainAfterARestart() throws Exception {
    EmbeddedBroker server = EmbeddedBroker.start(folder, 0);
    Set<String> confirmed = ConcurrentHashMap.newKeySet();
    Set<String> received = ConcurrentHashMap.newKeySet();
    AtomicBoolean stop = new AtomicBoolean();
    try (Broker publisher = Broker.connect(BrokerConfig.of(server.amqpUri()), "publisher");
        Broker consumer = Broker.connect(BrokerConfig.of(server.amqpUri()), "consumer")) {
      publisher.ready().get(120, SECONDS);
      consumer.consume(
          QUEUE,
          20,
          delivery -> {
            received.add(BrokerContract.text(delivery));
            delivery.ack();
          });
      CountDownLatch before = new CountDownLatch(200);
      Thread load =
          new Thread(
              () -> {
                for (int i = 0; !stop.get(); i++) {
                  String id = "m" + i;
                  publisher
                      .publish(QUEUE, BrokerContract.bytes(id))
                      .thenRun(() -> confirmed.add(id))
                      .exceptionally(lost -> null)
                      .orTimeout(120, SECONDS)
                      .join();
                  before.countDown();
                }
              },
              "load");
      load.start();
      assertThat(before.await(120, SECONDS)).isTrue();
      int port = server.port();
      server.close();
      server = EmbeddedBroker.start(folder, port);
      publishUntilConfirmed(publisher, "after the restart");
      confirmed.add("after the restart");
      stop.set(true);
      load.join();

      // How soon is for BrokerConfigTest: two tries are never more than two seconds apart.
      while (!received.containsAll(confirmed)) {
        Thread.onSpinWait();
      }
      assertThat(consumer.connections()).isEqualTo(2);
      assertThat(consumer.health().isWell()).isTrue();
    } finally {
      server.close();
    }
  }

  @Test
  void saysThatItIsNotConnectedAndConnectsOnceTheServerIsThere() throws Exception {
    EmbeddedBroker first = EmbeddedBroker.start(folder, 0);
    int port = first.port();
    String uri = first.amqpUri();
    first.close();
    try (Broker broker = Broker.connect(BrokerConfig.of(uri), "early")) {
      broker.consume(QUEUE, 1, Delivery::ack);
      BrokerContract.assertReason(
          broker.publish(QUEUE, BrokerContract.bytes("x")), Reason.NOT_CONNECTED);
      assertThat(broker.health().connected()).isFalse();
      assertThat(broker.ready()).isNotDone();
      try (EmbeddedBroker server = EmbeddedBroker.start(folder, port)) {
        broker.ready().get(120, SECONDS);
        broker.publish(QUEUE, BrokerContract.bytes("x")).get(120, SECONDS);
        assertThat(broker.health().isWell()).isTrue();
        assertThat(server.port()).isEqualTo(port);
      }
    }
  }

  private static void publishUntilConfirmed(Broker broker, String text) throws Exception {
    while (true) {
      try {
        broker.publish(QUEUE, BrokerContract.bytes(text)).get(120, SECONDS);
        return;
      } catch (ExecutionException notYet) {
        assertThat(notYet).hasCauseInstanceOf(BrokerFailure.class);
      }
    }
  }
}
