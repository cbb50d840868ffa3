package dev.morphene.agent.work;

import dev.morphene.protocol.queue.QueueName;
import java.util.function.Consumer;

/** Where job messages come from. */
public interface WorkSource {
  /**
   * Subscribes, not taking yet. Each message is held by the handler until it acknowledges, requeues
   * or dead-letters it.
   *
   * @param prefetch how many may be held at a time, 1 or more
   * @param priority those who subscribe with a higher one are served first, as long as they take
   */
  Subscription subscribe(QueueName queue, int prefetch, int priority, Consumer<Delivery> handler);

  /** One subscription; closing requeues what is held. */
  interface Subscription extends AutoCloseable {
    /** Takes messages or leaves them to other nodes; repeating the same wish is no error. */
    void setTaking(boolean taking);

    @Override
    void close();
  }

  /** One message. After a lost connection its methods do nothing: the broker delivers it again. */
  interface Delivery {
    byte[] body();

    void acknowledge();

    void requeue();

    void deadLetter(String reason);
  }
}
