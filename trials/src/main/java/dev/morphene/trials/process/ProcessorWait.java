package dev.morphene.trials.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * How long threads of this JVM and of what it started were ready to run and got no processor: what
 * a busy machine adds to a time that is measured on it. Linux counts it for each thread; where it
 * does not, this is zero. Owns its thread.
 */
public final class ProcessorWait implements AutoCloseable {
  private static final long LOOK_EVERY_MILLIS = 500;

  private record Reading(long atNanos, long waitedNanos) {}

  private final Predicate<ProcessHandle> counts;
  private final Map<Path, Long> byThread = new HashMap<>();
  private final List<Reading> readings = new ArrayList<>();
  private final Thread thread = new Thread(this::lookUntilClosed, "processor-wait");
  private long waitedNanos;

  /**
   * @param counts which of the processes below this one are looked at; this one always is
   */
  public ProcessorWait(Predicate<ProcessHandle> counts) {
    this.counts = counts;
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Summed up over all threads, so it is the most that a chain of them can have lost.
   *
   * @param fromNanos of {@link System#nanoTime}, since this began
   */
  public synchronized long between(long fromNanos, long toNanos) {
    look();
    long before = 0;
    for (Reading reading : readings) {
      if (reading.atNanos() - fromNanos <= 0) {
        before = reading.waitedNanos();
      } else if (reading.atNanos() - toNanos >= 0) {
        return reading.waitedNanos() - before;
      }
    }
    return waitedNanos - before;
  }

  private void lookUntilClosed() {
    try {
      while (true) {
        look();
        Patience.pause(LOOK_EVERY_MILLIS);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void look() {
    ProcessHandle self = ProcessHandle.current();
    try (Stream<ProcessHandle> below = self.descendants()) {
      Stream.concat(Stream.of(self), below.filter(counts)).forEach(this::addProcess);
    }
    readings.add(new Reading(System.nanoTime(), waitedNanos));
  }

  private void addProcess(ProcessHandle process) {
    try (Stream<Path> threads =
        Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
      threads.forEach(this::addThread);
    } catch (IOException | java.io.UncheckedIOException ended) {
      // What it waited before its end is counted already.
    }
  }

  private void addThread(Path task) {
    try {
      // Nanoseconds on a processor, nanoseconds of waiting for one, turns.
      long waited = Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ")[1]);
      Long before = byThread.put(task, waited);
      waitedNanos += Math.max(0, waited - (before == null ? 0 : before));
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException endedOrNotCounted) {
      // As above; or this kernel does not count.
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
