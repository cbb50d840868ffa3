package dev.morphene.coordinator.loop;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a task on a thread of its own: every so often, and at once when woken. A throw is logged,
 * counted and survived.
 */
public final class Loop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
  private static final long CLOSE_LIMIT_SECONDS = 15;

  /** A throw says that this round failed. */
  @FunctionalInterface
  public interface Round {
    void run() throws Exception;
  }

  private final String name;
  private final Duration period;
  private final Round round;
  private final LongSupplier ticker;
  private final ScheduledExecutorService executor;
  private final AtomicBoolean woken = new AtomicBoolean();
  private final AtomicLong rounds = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile long lastRoundNanos;
  private volatile String trouble;

  /**
   * @param ticker nanoseconds, for "how long since the last round"
   */
  public Loop(String name, Duration period, LongSupplier ticker, Round round) {
    this.name = name;
    this.period = period;
    this.round = round;
    this.ticker = ticker;
    this.lastRoundNanos = ticker.getAsLong();
    this.executor =
        Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "coordinator-" + name));
  }

  public Loop start() {
    executor.scheduleWithFixedDelay(this::once, 0, period.toMillis(), TimeUnit.MILLISECONDS);
    return this;
  }

  /** Asks for a round soon; many wakes before it are one. */
  public void wake() {
    if (woken.compareAndSet(false, true)) {
      try {
        executor.execute(this::once);
      } catch (RejectedExecutionException closing) {
        LOG.debug("{} is closing.", name);
      }
    }
  }

  private void once() {
    woken.set(false);
    try {
      round.run();
      if (trouble != null) {
        LOG.info("The loop {} works again.", name);
      }
      trouble = null;
    } catch (Exception | LinkageError | StackOverflowError failure) {
      failures.incrementAndGet();
      String words = String.valueOf(failure.getMessage());
      if (trouble == null) {
        LOG.error("A round of the loop {} failed; it goes on.", name, failure);
      } else {
        LOG.debug("A round of the loop {} failed again.", name, failure);
      }
      trouble = words;
    }
    rounds.incrementAndGet();
    lastRoundNanos = ticker.getAsLong();
  }

  public String name() {
    return name;
  }

  public long rounds() {
    return rounds.get();
  }

  public long failures() {
    return failures.get();
  }

  /** One sentence when the last round failed or none has ended for long; empty when all is well. */
  public Optional<String> trouble() {
    String words = trouble;
    if (words != null) {
      return Optional.of("The loop " + name + " fails: " + words);
    }
    Duration since = Duration.ofNanos(ticker.getAsLong() - lastRoundNanos);
    return since.compareTo(period.plusSeconds(60)) > 0
        ? Optional.of("The loop " + name + " has not come round for " + since.toSeconds() + " s.")
        : Optional.empty();
  }

  /** Lets the round under way finish. */
  @Override
  public void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException interrupted) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
