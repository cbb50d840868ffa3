package dev.morphene.agent;

import dev.morphene.agent.work.WorkSource;
import dev.morphene.protocol.queue.QueueName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** Queues in memory that deliver while somebody takes. */
public final class FakeWorkSource implements WorkSource {
  /** What became of a message, in order. */
  public final BlockingQueue<String> fates = new LinkedBlockingQueue<>();

  private final Map<String, Deque<byte[]>> queues = new HashMap<>();
  private final Map<String, FakeSubscription> subscriptions = new HashMap<>();

  public synchronized void offer(QueueName queue, byte[] body) {
    queues.computeIfAbsent(queue.value(), name -> new ArrayDeque<>()).add(body);
    deliver(queue.value());
  }

  @Override
  public synchronized Subscription subscribe(
      QueueName queue, int prefetch, int priority, Consumer<Delivery> handler) {
    FakeSubscription subscription = new FakeSubscription(queue.value(), prefetch, handler);
    subscriptions.put(queue.value(), subscription);
    return subscription;
  }

  private synchronized void deliver(String queue) {
    FakeSubscription subscription = subscriptions.get(queue);
    Deque<byte[]> waiting = queues.getOrDefault(queue, new ArrayDeque<>());
    while (subscription != null
        && subscription.taking
        && subscription.held < subscription.prefetch
        && !waiting.isEmpty()) {
      subscription.held++;
      subscription.handler.accept(new FakeDelivery(subscription, waiting.poll()));
    }
  }

  private final class FakeSubscription implements Subscription {
    private final String queue;
    private final int prefetch;
    private final Consumer<Delivery> handler;
    private boolean taking;
    private int held;

    FakeSubscription(String queue, int prefetch, Consumer<Delivery> handler) {
      this.queue = queue;
      this.prefetch = prefetch;
      this.handler = handler;
    }

    @Override
    public void setTaking(boolean wish) {
      synchronized (FakeWorkSource.this) {
        taking = wish;
        deliver(queue);
      }
    }

    @Override
    public void close() {
      setTaking(false);
    }
  }

  private final class FakeDelivery implements Delivery {
    private final FakeSubscription subscription;
    private final byte[] body;

    FakeDelivery(FakeSubscription subscription, byte[] body) {
      this.subscription = subscription;
      this.body = body;
    }

    @Override
    public byte[] body() {
      return body;
    }

    @Override
    public void acknowledge() {
      settle("acknowledged");
    }

    @Override
    public void requeue() {
      synchronized (FakeWorkSource.this) {
        queues.get(subscription.queue).addFirst(body);
      }
      settle("requeued");
    }

    @Override
    public void deadLetter(String reason) {
      settle("dead: " + reason);
    }

    private void settle(String fate) {
      synchronized (FakeWorkSource.this) {
        fates.add(fate);
        subscription.held--;
        deliver(subscription.queue);
      }
    }
  }
}
