package dev.morphene.coordinator.messaging;

import dev.morphene.broker.Broker;
import dev.morphene.broker.Delivery;
import dev.morphene.coordinator.database.DatabaseUnavailable;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.queue.QueueName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles the messages of one queue on a thread of its own, all that wait at a time: under load
 * hundreds share a transaction, without load one goes at once. Where nobody waits for the effect,
 * it may gather messages for a while. A message is acknowledged once its transaction is committed.
 *
 * <p>A message that cannot be read is dead-lettered with the reason. When a batch meets a fault of
 * ours, each of its messages is tried alone, so that a poisonous one takes no others along, and the
 * one that fails again is dead-lettered. While the database is away, messages go back to the queue.
 */
final class BatchConsumer<M> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BatchConsumer.class);
  private static final long CLOSE_LIMIT_MILLIS = 15_000;

  /** A flood of rubbish must not fill the log too. */
  private static final long LOG_EVERY = 1_000;

  /** Does what the messages mean. */
  @FunctionalInterface
  interface Handling<M> {
    /**
     * @throws MalformedMessage only where a single message was given
     */
    void handle(List<Received<M>> messages) throws MalformedMessage;
  }

  /** A message that could be read. */
  record Received<M>(Delivery delivery, M message) {}

  private final QueueName queue;
  private final Class<M> type;
  private final int most;
  private final Duration gathering;
  private final Handling<M> handling;
  private final BiConsumer<Delivery, String> refusal;
  private final BlockingQueue<Delivery> waiting = new LinkedBlockingQueue<>();
  private final Thread worker;
  private final CountDownLatch closing = new CountDownLatch(1);
  private long deadLetters;

  /**
   * @param prefetch how many messages may be under way, 1 or more
   * @param most how many are handled together at most, 1 or more
   * @param gathering how long the first of a batch waits for others; zero for not at all
   * @param refusal tells the sender of an unreadable message why, where it wants to know
   */
  BatchConsumer(
      Broker broker,
      QueueName queue,
      Class<M> type,
      int prefetch,
      int most,
      Duration gathering,
      Handling<M> handling,
      BiConsumer<Delivery, String> refusal) {
    this.queue = queue;
    this.type = type;
    this.most = most;
    this.gathering = gathering;
    this.handling = handling;
    this.refusal = refusal;
    this.worker = new Thread(this::work, "coordinator-" + queue);
    worker.setDaemon(true);
    worker.start();
    broker.consume(queue, prefetch, waiting::add);
  }

  private void work() {
    while (closing.getCount() > 0) {
      List<Delivery> deliveries = new ArrayList<>();
      try {
        deliveries.add(waiting.take());
        gather();
        waiting.drainTo(deliveries, most - 1);
        handle(deliveries);
      } catch (InterruptedException closing) {
        return;
      } catch (RuntimeException | Error fault) {
        LOG.error("The consumer of {} met a fault; it goes on.", queue, fault);
        // What is settled stays so; the rest must not stay in nobody's hands.
        deliveries.forEach(Delivery::requeueLater);
      }
    }
  }

  /** Not when a batch is there already: then there is work to catch up with. */
  private void gather() throws InterruptedException {
    if (!gathering.isZero() && waiting.size() < most - 1) {
      closing.await(gathering.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void handle(List<Delivery> deliveries) {
    List<Received<M>> readable = new ArrayList<>();
    for (Delivery delivery : deliveries) {
      try {
        readable.add(new Received<>(delivery, ProtocolJson.read(delivery.body(), type)));
      } catch (MalformedMessage malformed) {
        refusal.accept(delivery, malformed.getMessage());
        deadLetter(delivery, malformed);
      } catch (RuntimeException | LinkageError | StackOverflowError fault) {
        deadLetter(
            delivery, new MalformedMessage("The message cannot be read: " + fault + ".", fault));
      }
    }
    if (!readable.isEmpty()) {
      handleReadable(readable);
    }
  }

  private void handleReadable(List<Received<M>> messages) {
    try {
      handling.handle(messages);
      messages.forEach(message -> message.delivery().ack());
    } catch (DatabaseUnavailable away) {
      LOG.warn("{} messages of {} go back: {}", messages.size(), queue, away.getMessage());
      messages.forEach(message -> message.delivery().requeueLater());
    } catch (MalformedMessage malformed) {
      messages.forEach(message -> deadLetter(message.delivery(), malformed));
    } catch (RuntimeException | LinkageError | StackOverflowError fault) {
      // A class that failed to load once never loads again: such a fault is the message's for good.
      if (messages.size() > 1) {
        messages.forEach(message -> handleReadable(List.of(message)));
        return;
      }
      LOG.error("A message of {} is dead-lettered after a fault.", queue, fault);
      messages.get(0).delivery().deadLetter("It could not be handled: " + words(fault));
    }
  }

  private static String words(Throwable fault) {
    return fault.getMessage() == null ? fault.getClass().getSimpleName() : fault.getMessage();
  }

  private void deadLetter(Delivery delivery, MalformedMessage malformed) {
    long before = deadLetters++;
    if (before % LOG_EVERY == 0) {
      LOG.warn(
          "A message of {} is dead-lettered, {} before it: {}",
          queue,
          before,
          malformed.getMessage());
    }
    delivery.deadLetter(malformed.getMessage());
  }

  /** Lets the batch under way finish; the rest is delivered again to others. */
  @Override
  public void close() {
    closing.countDown();
    worker.interrupt();
    try {
      worker.join(CLOSE_LIMIT_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
