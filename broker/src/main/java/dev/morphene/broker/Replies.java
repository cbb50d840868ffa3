package dev.morphene.broker;

import dev.morphene.broker.BrokerFailure.Reason;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** Requests that wait for their reply, by correlation id. */
final class Replies {
  private final Map<String, CompletableFuture<byte[]>> waiting = new ConcurrentHashMap<>();
  private final Executor callbacks;

  Replies(Executor callbacks) {
    this.callbacks = callbacks;
  }

  CompletableFuture<byte[]> expect(String correlationId) {
    CompletableFuture<byte[]> promise = new CompletableFuture<>();
    waiting.put(correlationId, promise);
    return promise;
  }

  /** A reply that nobody waits for any more is dropped. */
  void arrived(String correlationId, byte[] body) {
    CompletableFuture<byte[]> promise =
        correlationId == null ? null : waiting.remove(correlationId);
    if (promise != null) {
      callbacks.execute(() -> promise.complete(body));
    }
  }

  void fail(String correlationId, Throwable cause) {
    CompletableFuture<byte[]> promise = waiting.remove(correlationId);
    if (promise != null) {
      callbacks.execute(() -> promise.completeExceptionally(cause));
    }
  }

  void failAll(Reason reason, String sentence) {
    for (String correlationId : waiting.keySet()) {
      fail(correlationId, new BrokerFailure(reason, sentence, null));
    }
  }
}
