package dev.morphene.agent.child;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.rave.process.ProcessCommand;
import dev.morphene.rave.process.ProcessLine;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** What does the work of one attempt, outside this process. */
public interface Child {
  AttemptId attempt();

  long processId();

  /** Whether it has the work done by processes that it starts; finding those is dear. */
  default boolean startsOthers() {
    return false;
  }

  /** What it writes on its standard error; absent when nobody keeps that. */
  default Optional<ChildLog> log() {
    return Optional.empty();
  }

  /**
   * Waits for the end; call it once, on a thread of its own.
   *
   * @param onLine gets every line but the last
   */
  ChildEnd follow(Consumer<ProcessLine> onLine) throws InterruptedException;

  /** Asks for something; a child that is already gone is no error. */
  void send(ProcessCommand command);

  /**
   * Tells the child how long it may run.
   *
   * @param untilNanos on {@code System.nanoTime}, which the child reads too
   */
  void renewLease(long untilNanos);

  /** Asks the child to stop, waits, and kills it when it takes longer. */
  void stop(Duration patience) throws InterruptedException;

  /** Ends the child and everything that it started, at once. */
  void kill();
}
