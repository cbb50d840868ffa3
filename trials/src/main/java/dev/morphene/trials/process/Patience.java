package dev.morphene.trials.process;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for what another process does: it sends no signals, so it has to be asked. */
public final class Patience {
  private static final long ASK_EVERY_MILLIS = 50;

  private Patience() {}

  /**
   * Asks until it is so.
   *
   * @throws IllegalStateException with {@code otherwise} when it is not so in time
   */
  public static void until(Duration limit, BooleanSupplier condition, Supplier<String> otherwise)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(otherwise.get());
      }
      pause(ASK_EVERY_MILLIS);
    }
  }

  /** Lets time pass for other processes. */
  public static void pause(long millis) throws InterruptedException {
    // Nobody counts it down: a wait that only an interrupt shortens.
    boolean counted = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    assert !counted;
  }
}
