package dev.morphene.agent.work;

import dev.morphene.broker.Broker;
import dev.morphene.protocol.queue.QueueName;
import java.util.function.Consumer;

/** Messages from the broker's queues. */
public final class BrokerWorkSource implements WorkSource {
  private final Broker broker;

  public BrokerWorkSource(Broker broker) {
    this.broker = broker;
  }

  @Override
  public Subscription subscribe(
      QueueName queue, int prefetch, int priority, Consumer<Delivery> handler) {
    dev.morphene.broker.Subscription consumer =
        broker.consumePaused(
            queue, prefetch, priority, delivery -> handler.accept(new BrokerDelivery(delivery)));
    return new Subscription() {
      private boolean takes;

      /** The wish comes with every job that starts or ends; the broker is told what is new. */
      @Override
      public synchronized void setTaking(boolean taking) {
        if (taking == takes) {
          return;
        }
        takes = taking;
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
