package dev.morphene.rave.process;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Ends this process when the lease it was last told of passes, whatever the job is doing: an agent
 * that is frozen or killed can no longer do it, and the coordinator is about to give the job to
 * another node. A process that was never told a lease, because somebody runs it by hand, has no
 * limit.
 *
 * <p>Moments are readings of the machine's monotonic clock ({@code System.nanoTime}), which agent
 * and child share. So it does no harm when either of them sleeps between the writing and the
 * reading of a renewal. Thread safe; loads nothing but the JDK.
 */
public final class LeaseWatch {
  /** Environment variable with the first lease's end, so that no child starts without one. */
  public static final String UNTIL_VARIABLE = "MORPHENE_LEASE_UNTIL_NANOS";

  /** Exit code of a process that ended itself here. */
  public static final int EXIT_CODE = 11;

  /** How long a job may take to stop after its agent is gone, if its lease lasts that long. */
  static final long INPUT_END_PATIENCE_MILLIS = 15_000;

  private final LongSupplier nanoTicker;
  private final Consumer<String> halt;
  private boolean told;
  private boolean inputEnded;
  private long untilNanos;

  /**
   * @param halt gets one sentence that says why and ends the process
   */
  LeaseWatch(LongSupplier nanoTicker, Consumer<String> halt) {
    this.nanoTicker = nanoTicker;
    this.halt = halt;
  }

  /**
   * Watches from now on, on a daemon thread, with the lease named in the environment if there is
   * one.
   *
   * @throws IllegalArgumentException when {@link #UNTIL_VARIABLE} is no number
   */
  public static LeaseWatch start() {
    LeaseWatch watch = new LeaseWatch(System::nanoTime, LeaseWatch::haltProcess);
    String first = System.getenv(UNTIL_VARIABLE);
    if (first != null) {
      watch.renewed(parse(first));
    }
    watch.startThread();
    return watch;
  }

  private static long parse(String untilNanos) {
    try {
      return Long.parseLong(untilNanos);
    } catch (NumberFormatException cause) {
      throw new IllegalArgumentException(
          UNTIL_VARIABLE + " is a whole number, not \"" + untilNanos + "\"; unset it.", cause);
    }
  }

  void startThread() {
    Thread thread = new Thread(this::waitForTheEnd, "lease-watch");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * The lease runs until {@code untilNanos} now. One that has passed is not revived: the process is
   * about to end.
   */
  public synchronized void renewed(long untilNanos) {
    if (inputEnded || told && leftNanos() <= 0) {
      return;
    }
    this.untilNanos = untilNanos;
    told = true;
    notifyAll();
  }

  /** Standard input has ended: nobody renews any more, and the job has been told to stop. */
  public synchronized void inputEnded() {
    inputEnded = true;
    long patienceNanos = TimeUnit.MILLISECONDS.toNanos(INPUT_END_PATIENCE_MILLIS);
    if (told && leftNanos() > patienceNanos) {
      untilNanos = nanoTicker.getAsLong() + patienceNanos;
      notifyAll();
    }
  }

  private synchronized void waitForTheEnd() {
    while (!told || leftNanos() > 0) {
      try {
        if (told) {
          // Rounded up, or the last fraction of a millisecond would be spent spinning.
          wait(TimeUnit.NANOSECONDS.toMillis(leftNanos()) + 1);
        } else {
          wait();
        }
      } catch (InterruptedException nobodyMayStopThis) {
        // A lease ends, interrupted or not.
      }
    }
    halt.accept(
        inputEnded
            ? "The agent is gone and the job did not stop in time; this process ends itself."
            : "The lease has passed without being renewed; this process ends itself.");
  }

  private long leftNanos() {
    return untilNanos - nanoTicker.getAsLong();
  }

  /** Past System.err, whose lock a hanging job may hold. */
  private static void haltProcess(String why) {
    // Not in try-with-resources: the descriptor is not ours to close.
    @SuppressWarnings("resource")
    FileOutputStream standardError = new FileOutputStream(FileDescriptor.err);
    try {
      standardError.write((why + System.lineSeparator()).getBytes(StandardCharsets.UTF_8));
    } catch (IOException nobodyReads) {
      // The exit code says it too.
    } finally {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }
}
