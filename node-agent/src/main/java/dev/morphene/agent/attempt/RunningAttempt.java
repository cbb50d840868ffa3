package dev.morphene.agent.attempt;

import dev.morphene.agent.child.Child;
import dev.morphene.agent.child.ChildEnd;
import dev.morphene.agent.child.ChildEndTable;
import dev.morphene.agent.placement.Placement;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.rave.process.LeaseWatch;
import dev.morphene.rave.process.ProcessCommand;
import dev.morphene.rave.process.ProcessLine;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** A child at work, with what the agent wants of it. Thread safe. */
public final class RunningAttempt {
  private final Child child;
  private final Placement placement;
  private Optional<ErrorClass> stopReason = Optional.empty();
  private boolean abandoned;
  private long lastStep;
  private OptionalInt phase = OptionalInt.empty();
  private ByteSize peakMemory = new ByteSize(0);

  public RunningAttempt(Child child, Placement placement) {
    this.child = child;
    this.placement = placement;
  }

  public AttemptId id() {
    return child.attempt();
  }

  public Placement placement() {
    return placement;
  }

  public Child child() {
    return child;
  }

  /** Remembers how far the child is and what it holds. */
  public synchronized void observe(ProcessLine line) {
    if (line instanceof ProcessLine.Progress progress) {
      lastStep = progress.step();
      phase = phaseOf(progress.stage()).isPresent() ? phaseOf(progress.stage()) : phase;
      observe(new ByteSize(progress.residentBytes()));
    }
  }

  public synchronized void observe(ByteSize memory) {
    if (memory.compareTo(peakMemory) > 0) {
      peakMemory = memory;
    }
  }

  /** Of the training, as far as the child has said; absent for other kinds. */
  public synchronized OptionalInt phase() {
    return phase;
  }

  private static OptionalInt phaseOf(String stage) {
    return switch (stage) {
      case "representation" -> OptionalInt.of(1);
      case "adversarial" -> OptionalInt.of(2);
      default -> OptionalInt.empty();
    };
  }

  public void checkpointNow() {
    child.send(new ProcessCommand.CheckpointNow());
  }

  /**
   * Tells the child to stop and waits for it, at most {@code patience}; then kills it. The first
   * reason stays.
   */
  public void stop(ErrorClass reason, Duration patience) throws InterruptedException {
    synchronized (this) {
      if (stopReason.isEmpty()) {
        stopReason = Optional.of(reason);
      }
    }
    child.stop(patience);
  }

  public synchronized boolean isStopping() {
    return stopReason.isPresent();
  }

  /** The lease is gone: kill, and say nothing more about this attempt. */
  public void abandon() {
    synchronized (this) {
      abandoned = true;
    }
    child.kill();
  }

  /**
   * What to tell the coordinator about the end; empty when the attempt is no longer ours to speak
   * of.
   */
  public synchronized Optional<AttemptReport> endReport(ChildEnd end) {
    boolean endedWithItsLease = end.lastLine().isEmpty() && end.exitCode() == LeaseWatch.EXIT_CODE;
    if (abandoned || endedWithItsLease) {
      return Optional.empty();
    }
    if (end.lastLine().isEmpty() && stopReason.isPresent()) {
      return Optional.of(new AttemptReport.GivenBack(stopReason.get(), lastStep));
    }
    return Optional.of(
        ChildEndTable.report(end, stopReason.orElse(ErrorClass.DRAINED), peakMemory));
  }
}
