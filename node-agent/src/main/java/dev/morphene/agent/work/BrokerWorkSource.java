package dev.morphene.agent.work;

import dev.morphene.broker.Broker;
import dev.morphene.protocol.queue.QueueName;
import java.util.function.Consumer;

/** Job messages from the broker's work queues, one held at a time. */
public final class BrokerWorkSource implements WorkSource {
  private final Broker broker;

  public BrokerWorkSource(Broker broker) {
    this.broker = broker;
  }

  @Override
  public Subscription subscribe(QueueName queue, Consumer<Delivery> handler) {
    dev.morphene.broker.Subscription consumer =
        broker.consumePaused(queue, 1, delivery -> handler.accept(new BrokerDelivery(delivery)));
    return new Subscription() {
      @Override
      public void setTaking(boolean taking) {
        if (taking) {
          consumer.resume();
        } else {
          consumer.pause();
        }
      }

      @Override
      public void close() {
        consumer.close();
      }
    };
  }

  private record BrokerDelivery(dev.morphene.broker.Delivery delivery) implements Delivery {
    @Override
    public byte[] body() {
      return delivery.body();
    }

    @Override
    public void acknowledge() {
      delivery.ack();
    }

    @Override
    public void requeue() {
      delivery.requeue();
    }

    @Override
    public void deadLetter(String reason) {
      delivery.deadLetter(reason);
    }
  }
}
