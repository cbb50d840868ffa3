package dev.morphene.trials.fault;

import dev.morphene.trials.process.OwnProcess;
import dev.morphene.trials.process.Signal;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A coordinator or an agent of the trial. One that ends unasked is started again, as a service
 * manager would. Thread safe.
 */
final class Member {
  private static final long RESTART_AFTER_MILLIS = 1_000;

  private final String name;
  private final Supplier<OwnProcess> start;
  private final ScheduledExecutorService timer;
  private OwnProcess process;
  private boolean wanted;
  private int unaskedEnds;

  /**
   * @param timer runs the restarts
   */
  Member(String name, Supplier<OwnProcess> start, ScheduledExecutorService timer) {
    this.name = name;
    this.start = start;
    this.timer = timer;
  }

  String name() {
    return name;
  }

  synchronized void start() {
    wanted = true;
    if (process == null || !process.isAlive()) {
      OwnProcess fresh = start.get();
      process = fresh;
      fresh.onEnd(() -> ended(fresh));
    }
  }

  private synchronized void ended(OwnProcess which) {
    if (wanted && process == which) {
      unaskedEnds++;
      try {
        timer.schedule(this::startIfWanted, RESTART_AFTER_MILLIS, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException trialIsOver) {
        wanted = false;
      }
    }
  }

  private synchronized void startIfWanted() {
    if (wanted) {
      start();
    }
  }

  /**
   * Kills it and leaves its children to themselves.
   *
   * @return false, and nothing is done, where it has just ended by itself and will start again
   */
  boolean kill9() {
    OwnProcess victim;
    synchronized (this) {
      victim = process;
      if (!victim.isAlive()) {
        return false;
      }
      wanted = false;
    }
    victim.kill9Alone();
    return !victim.isAlive();
  }

  /** Kills it with its children, for good. */
  void end() {
    OwnProcess victim;
    synchronized (this) {
      wanted = false;
      victim = process;
    }
    if (victim != null) {
      victim.kill9();
    }
  }

  synchronized void freeze() {
    process.signal(Signal.STOP);
  }

  /** Whether every thread of it stands still. */
  synchronized boolean isFrozen() {
    return process.isStopped();
  }

  synchronized void thaw() {
    process.signal(Signal.CONT);
  }

  synchronized List<ProcessHandle> children() {
    return process.descendants();
  }

  /**
   * How often it ended although nobody had killed it: at a start without a database, for instance.
   */
  synchronized int unaskedEnds() {
    return unaskedEnds;
  }
}
