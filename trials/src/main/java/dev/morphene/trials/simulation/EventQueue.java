package dev.morphene.trials.simulation;

import java.time.Instant;
import java.util.PriorityQueue;

/** The virtual clock and what is to happen when; equal times in the order of their scheduling. */
final class EventQueue {
  private record Event(long atMillis, long sequence, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atMillis, other.atMillis);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long nowMillis;
  private long scheduled;
  private long done;

  long nowMillis() {
    return nowMillis;
  }

  Instant now() {
    return Instant.ofEpochMilli(nowMillis);
  }

  long done() {
    return done;
  }

  /** Never in the past: what is late happens now. */
  void at(long atMillis, Runnable action) {
    events.add(new Event(Math.max(nowMillis, atMillis), scheduled++, action));
  }

  void after(long millis, Runnable action) {
    at(nowMillis + millis, action);
  }

  /** False when nothing is left to happen. */
  boolean step() {
    Event event = events.poll();
    if (event == null) {
      return false;
    }
    nowMillis = event.atMillis();
    done++;
    event.action().run();
    return true;
  }
}
