package dev.morphene.broker;

import dev.morphene.broker.BrokerFailure.Reason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A published message that waits for its confirm. */
final class Pending {
  private final String queue;
  private final Executor callbacks;
  private final CompletableFuture<Void> promise = new CompletableFuture<>();
  private volatile boolean returned;

  /**
   * @param callbacks completes the promise, so that what hangs on it never blocks the connection
   */
  Pending(String queue, Executor callbacks) {
    this.queue = queue;
    this.callbacks = callbacks;
  }

  CompletableFuture<Void> promise() {
    return promise;
  }

  boolean isDone() {
    return promise.isDone();
  }

  /** RabbitMQ confirms a returned message right after it returned it. */
  void markReturned() {
    returned = true;
  }

  void confirmed() {
    if (returned) {
      fail(Reason.UNROUTABLE, "No queue takes the message.", null);
    } else {
      callbacks.execute(() -> promise.complete(null));
    }
  }

  void fail(Reason reason, String sentence, Throwable cause) {
    BrokerFailure failure =
        new BrokerFailure(reason, sentence + " (publishing to " + queue + ")", cause);
    callbacks.execute(() -> promise.completeExceptionally(failure));
  }
}
