package dev.morphene.rave.training;

import dev.morphene.rave.archive.TensorData;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;

/**
 * Makes the batches of the coming steps while the present one is computed. Owns its threads; holds
 * at most one batch more than it has threads. To be used by one thread.
 */
final class BatchPrefetcher implements AutoCloseable {
  /** Beyond that the disk or the memory bus is what is waited for. */
  private static final int MOST_THREADS = 4;

  private final LongFunction<TensorData> batches;
  private final long endStep;
  private final int ahead;
  private final ExecutorService executor;
  private final Deque<Future<TensorData>> coming = new ArrayDeque<>();
  private long nextStep;

  /**
   * @param batches the batch of a step
   * @param firstStep the step of the first {@link #next}
   * @param endStep no batch is made for this step and later ones
   * @param threads that make batches, each one at a time
   */
  BatchPrefetcher(LongFunction<TensorData> batches, long firstStep, long endStep, int threads) {
    this.batches = batches;
    this.nextStep = firstStep;
    this.endStep = endStep;
    this.ahead = threads + 1;
    AtomicInteger number = new AtomicInteger();
    this.executor =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "rave-batches-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    fill();
  }

  /** As many threads as keep up with a GPU and leave the rest of the processor alone. */
  static int threadsFor(int processors) {
    return Math.max(1, Math.min(MOST_THREADS, processors / 2));
  }

  /** The batch of the next step; waits for it. A failure to make it is thrown here as it was. */
  TensorData next() throws InterruptedException {
    Future<TensorData> head = coming.remove();
    fill();
    try {
      return head.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException("A batch could not be made.", e.getCause());
    }
  }

  private void fill() {
    while (coming.size() < ahead && nextStep < endStep) {
      long step = nextStep++;
      coming.add(executor.submit(() -> batches.apply(step)));
    }
  }

  /** Waits for the reads in progress: the dataset below must not be closed under it. */
  @Override
  public void close() {
    executor.shutdownNow();
    boolean interrupted = false;
    while (true) {
      try {
        if (executor.awaitTermination(1, TimeUnit.SECONDS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
