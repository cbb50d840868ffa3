package dev.morphene.trials.process;

import java.io.IOException;
import java.io.UncheckedIOException;
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

  /** Nanoseconds by thread, since its start. */
  private record Reading(long atNanos, Map<Path, Long> waited) {}

  private final Predicate<ProcessHandle> counts;
  private final List<Reading> readings = new ArrayList<>();
  private final Thread thread = new Thread(this::lookUntilClosed, "processor-wait");

  /**
   * @param counts which of the processes below this one are looked at; this one always is
   */
  public ProcessorWait(Predicate<ProcessHandle> counts) {
    this.counts = counts;
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * What the one thread waited that waited longest, rounded up to the readings around the span.
   *
   * @param fromNanos of {@link System#nanoTime}, since this began
   */
  public synchronized long between(long fromNanos, long toNanos) {
    look();
    Reading first = readings.get(0);
    for (Reading reading : readings) {
      if (reading.atNanos() - fromNanos <= 0) {
        first = reading;
      }
      if (reading.atNanos() - toNanos >= 0) {
        return longest(first, reading);
      }
    }
    return longest(first, readings.get(readings.size() - 1));
  }

  private static long longest(Reading first, Reading last) {
    return last.waited().entrySet().stream()
        .mapToLong(entry -> entry.getValue() - first.waited().getOrDefault(entry.getKey(), 0L))
        .max()
        .orElse(0);
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
    Map<Path, Long> waited = new HashMap<>();
    try (Stream<ProcessHandle> below = self.descendants()) {
      Stream.concat(Stream.of(self), below.filter(counts))
          .forEach(process -> addThreads(process, waited));
    }
    readings.add(new Reading(System.nanoTime(), waited));
  }

  private static void addThreads(ProcessHandle process, Map<Path, Long> waited) {
    try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
      for (Path task : tasks.toList()) {
        // Nanoseconds on a processor, nanoseconds of waiting for one, turns.
        String[] words = Files.readString(task.resolve("schedstat")).split(" ");
        waited.put(task, Long.parseLong(words[1]));
      }
    } catch (IOException | UncheckedIOException endedOrNotCounted) {
      // What is over delays nobody.
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
