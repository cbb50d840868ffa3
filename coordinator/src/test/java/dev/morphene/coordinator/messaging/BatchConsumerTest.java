package dev.morphene.coordinator.messaging;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.broker.Broker;
import dev.morphene.broker.BrokerConfig;
import dev.morphene.broker.Delivery;
import dev.morphene.embedded.EmbeddedBroker;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.message.JoinRequest;
import dev.morphene.protocol.message.SessionId;
import dev.morphene.protocol.queue.QueueName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class BatchConsumerTest {
  private static final QueueName QUEUE = QueueName.JOINS;

  private final BlockingQueue<Delivery> letters = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> handled = new LinkedBlockingQueue<>();
  private final Semaphore begun = new Semaphore(0);
  private final Semaphore gate = new Semaphore(0);
  private volatile boolean poisonHadCompany;
  private EmbeddedBroker server;
  private Broker broker;

  @BeforeEach
  void connect() throws Exception {
    server = EmbeddedBroker.startTemporary(0);
    broker = Broker.connect(BrokerConfig.of(server.amqpUri()), "batches");
    broker.ready().get(120, SECONDS);
    broker.consume(QUEUE.deadLetter(), 10, letters::add);
  }

  @AfterEach
  void close() {
    broker.close();
    server.close();
  }

  /** Otherwise the whole batch would go back to the queue, meet again, and be handled never. */
  @ParameterizedTest
  @ValueSource(
      classes = {
        IllegalStateException.class,
        StackOverflowError.class,
        NoClassDefFoundError.class,
        ExceptionInInitializerError.class
      })
  void aMessageThatCannotBeHandledTakesNoOtherAlong(Class<? extends Throwable> fault)
      throws Exception {
    try (BatchConsumer<JoinRequest> consumer =
        new BatchConsumer<>(
            broker,
            QUEUE,
            JoinRequest.class,
            100,
            100,
            Duration.ZERO,
            messages -> handle(messages, fault),
            (delivery, why) -> {})) {
      assertThat(consumer).isNotNull();
      // Once more where the broker was slow to bring the others while the first was being handled.
      do {
        publish("first");
        assertThat(begun.tryAcquire(120, SECONDS)).isTrue();
        publish("good");
        publish("poison");
        publish("better");
        gate.release();
        assertThat(List.of(next(), next(), next())).containsExactly("first", "good", "better");
        Delivery letter = letters.poll(120, SECONDS);
        assertThat(letter).isNotNull();
        assertThat(ProtocolJson.read(letter.body(), JoinRequest.class).worker().value())
            .isEqualTo("poison");
        assertThat(letter.headers().get(QueueName.REASON_HEADER))
            .startsWith("It could not be handled");
        letter.ack();
      } while (!poisonHadCompany);
    }
  }

  private String next() throws InterruptedException {
    return handled.poll(120, SECONDS);
  }

  private void handle(
      List<BatchConsumer.Received<JoinRequest>> messages, Class<? extends Throwable> fault) {
    for (BatchConsumer.Received<JoinRequest> message : messages) {
      switch (message.message().worker().value()) {
        case "first" -> awaitGate();
        case "poison" -> {
          poisonHadCompany |= messages.size() > 1;
          BatchConsumerTest.<RuntimeException>raise(fault);
        }
        default -> {}
      }
    }
    messages.forEach(message -> handled.add(message.message().worker().value()));
  }

  private void awaitGate() {
    begun.release();
    gate.acquireUninterruptibly();
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void raise(Class<? extends Throwable> fault) throws T {
    try {
      throw (T) fault.getConstructor().newInstance();
    } catch (ReflectiveOperationException cause) {
      throw new IllegalArgumentException(cause);
    }
  }

  private void publish(String worker) throws Exception {
    broker
        .publish(
            QUEUE,
            ProtocolJson.write(
                new JoinRequest(1, new WorkerId(worker), SessionId.fresh(), "h", Optional.empty())))
        .get(120, SECONDS);
  }
}
