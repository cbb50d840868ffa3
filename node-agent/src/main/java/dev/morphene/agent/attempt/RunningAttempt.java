package dev.morphene.agent.attempt;

import dev.morphene.agent.child.ChildEnd;
import dev.morphene.agent.child.ChildEndTable;
import dev.morphene.agent.child.ChildProcess;
import dev.morphene.agent.placement.Placement;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.rave.process.ProcessCommand;
import dev.morphene.rave.process.ProcessLine;
import java.time.Duration;
import java.util.Optional;

/** A child at work, with what the agent wants of it. Thread safe. */
public final class RunningAttempt {
  private final ChildProcess child;
  private final Placement placement;
  private Optional<ErrorClass> stopReason = Optional.empty();
  private boolean abandoned;
  private long lastStep;
  private ByteSize peakMemory = new ByteSize(0);

  public RunningAttempt(ChildProcess child, Placement placement) {
    this.child = child;
    this.placement = placement;
  }

  public AttemptId id() {
    return child.attempt();
  }

  public Placement placement() {
    return placement;
  }

  public ChildProcess child() {
    return child;
  }

  /** Remembers how far the child is and what it holds. */
  public synchronized void observe(ProcessLine line) {
    if (line instanceof ProcessLine.Progress progress) {
      lastStep = progress.step();
      observe(new ByteSize(progress.residentBytes()));
    }
  }

  public synchronized void observe(ByteSize memory) {
    if (memory.compareTo(peakMemory) > 0) {
      peakMemory = memory;
    }
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
    if (abandoned) {
      return Optional.empty();
    }
    if (end.lastLine().isEmpty() && stopReason.isPresent()) {
      return Optional.of(new AttemptReport.GivenBack(stopReason.get(), lastStep));
    }
    return Optional.of(
        ChildEndTable.report(end, stopReason.orElse(ErrorClass.DRAINED), peakMemory));
  }
}
