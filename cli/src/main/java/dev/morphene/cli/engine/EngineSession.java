package dev.morphene.cli.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.agent.child.ChildEnd;
import dev.morphene.agent.child.ChildLauncher;
import dev.morphene.agent.child.ChildProcess;
import dev.morphene.agent.child.ChildRequest;
import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.local.Shutdown;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.JobStopped;
import dev.morphene.rave.process.ProcessLine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * Runs jobs of the engine one after the other, each in a child process as a worker would: memory
 * that runs out or native code that crashes ends the child and is told in a sentence. Ctrl-C and
 * SIGTERM let the child finish its step and save before this process goes; a child whose parent is
 * killed stops by itself.
 */
final class EngineSession implements AutoCloseable {
  /** Nobody else can be given the job, so its right to run does not end. */
  private static final Duration LEASE = Duration.ofDays(3_650);

  /** A step of a large model on few cores takes that long. */
  private static final Duration STOP_PATIENCE = Duration.ofMinutes(5);

  private final ScratchFolder work;
  private final ChildLauncher launcher;
  private final Map<String, String> environment;
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Shutdown shutdown;
  private Optional<ChildProcess> child = Optional.empty();
  private boolean interrupted;
  private long jobs;

  private EngineSession(
      ScratchFolder work, int threads, Map<String, String> environment, String whenInterrupted) {
    this.work = work;
    this.environment = environment;
    this.launcher = new ChildLauncher(ChildLauncher.Settings.likeThisJvm(work.path(), threads));
    this.shutdown = Shutdown.of(this::interrupt, whenInterrupted);
  }

  /** What a command does with a session. */
  @FunctionalInterface
  interface Body {
    int run(EngineSession session) throws InterruptedException;
  }

  /**
   * Runs a command's body. What it says about its end is said before the process goes.
   *
   * @param threads of libtorch
   * @param whenInterrupted printed when the process is told to end
   * @return the body's exit code, or {@link ExitCode#FAILED} when it was stopped
   * @throws CommandFailure in place of the body's {@link JobFailure}
   */
  static int within(int threads, String whenInterrupted, Body body) throws InterruptedException {
    return within(threads, Map.of(), whenInterrupted, body);
  }

  /**
   * As {@link #within(int, String, Body)}.
   *
   * @param environment of the child processes, on top of this one's
   */
  static int within(int threads, Map<String, String> environment, String whenInterrupted, Body body)
      throws InterruptedException {
    try (EngineSession session =
        new EngineSession(ScratchFolder.temporary(), threads, environment, whenInterrupted)) {
      try {
        return body.run(session);
      } catch (JobStopped stopped) {
        System.err.println(
            stopped.step() > 0
                ? "morphene: Stopped at step "
                    + stopped.step()
                    + "; the same command goes on from there."
                : "morphene: Stopped; give the command again to do it.");
        return ExitCode.FAILED;
      }
    } catch (JobFailure failure) {
      throw new CommandFailure(ExitCode.FAILED, failure.getMessage(), failure);
    }
  }

  /**
   * Does a job.
   *
   * @param request of the kind, with absolute paths
   * @param onLine gets every line but the last
   * @return the kind's result
   * @throws JobFailure when it failed, or its process ended without saying why
   * @throws JobStopped when it was stopped
   */
  JsonNode run(JobKind kind, Object request, Consumer<ProcessLine> onLine)
      throws InterruptedException {
    ChildEnd end = launch(new ChildRequest(kind, request)).follow(onLine);
    synchronized (this) {
      child = Optional.empty();
    }
    if (end.lastLine().isEmpty()) {
      throw silent(kind, end);
    }
    ProcessLine last = end.lastLine().get();
    if (last instanceof ProcessLine.Done done) {
      return done.result();
    }
    if (last instanceof ProcessLine.Stopped stopped) {
      throw new JobStopped(stopped.step());
    }
    ProcessLine.Failed failed = (ProcessLine.Failed) last;
    if (failed.failureClass() == FailureClass.CRASH) {
      work.keep();
      throw new JobFailure(
          FailureClass.CRASH, failed.message() + " The log is in " + work.path() + ".");
    }
    throw new JobFailure(failed.failureClass(), failed.message());
  }

  private synchronized ChildProcess launch(ChildRequest request) {
    if (interrupted) {
      throw new JobStopped(0);
    }
    try {
      jobs++;
      ChildProcess started =
          launcher.launch(
              new AttemptId(new JobId(jobs), new AttemptNumber(1)),
              request,
              environment,
              System.nanoTime() + LEASE.toNanos());
      child = Optional.of(started);
      return started;
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The "
              + request.kind().word()
              + " process cannot be started ("
              + cause.getMessage()
              + "); free space in "
              + work.path().getParent()
              + ".",
          cause);
    }
  }

  /** A child without a last word was killed or crashed in native code. */
  private JobFailure silent(JobKind kind, ChildEnd end) {
    work.keep();
    Path log = work.path();
    return end.exitCode() == 128 + 9
        ? new JobFailure(
            FailureClass.OUT_OF_MEMORY,
            "The "
                + kind.word()
                + " process was killed, as the kernel does when memory runs out; use a smaller"
                + " batch or config. The log is in "
                + log
                + ".")
        : new JobFailure(
            FailureClass.CRASH,
            "The "
                + kind.word()
                + " process ended with code "
                + end.exitCode()
                + " without saying why; the log is in "
                + log
                + ".");
  }

  private void interrupt() throws InterruptedException {
    Optional<ChildProcess> running;
    synchronized (this) {
      interrupted = true;
      running = child;
    }
    if (running.isPresent()) {
      running.get().stop(STOP_PATIENCE);
    }
    // What the command says and clears away at its end belongs to the time before the JVM goes.
    finished.await();
  }

  @Override
  public void close() {
    work.close();
    finished.countDown();
    shutdown.close();
  }
}
