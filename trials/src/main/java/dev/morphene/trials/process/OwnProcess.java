package dev.morphene.trials.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process of ours with everything it starts. None outlives this JVM, unless that is killed with
 * signal 9.
 */
public final class OwnProcess {
  private static final Set<OwnProcess> LIVING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> LIVING.forEach(OwnProcess::kill9), "trial-end"));
  }

  private final String name;
  private final Process process;

  private OwnProcess(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /**
   * Starts a command.
   *
   * @param environment added to this process's own
   * @param log gets standard output and error, appended
   */
  public static OwnProcess start(
      String name, List<String> command, Map<String, String> environment, Path log) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      OwnProcess own = new OwnProcess(name, builder.start());
      LIVING.add(own);
      own.process.onExit().thenRun(() -> LIVING.remove(own));
      return own;
    } catch (IOException cause) {
      throw new UncheckedIOException(name + " could not be started: " + cause.getMessage(), cause);
    }
  }

  public long processId() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Runs {@code action} when the process has ended, however. */
  public void onEnd(Runnable action) {
    process.onExit().thenRun(action);
  }

  /** What it has started and what those have started, living. */
  public List<ProcessHandle> descendants() {
    try (Stream<ProcessHandle> all = process.descendants()) {
      return all.toList();
    }
  }

  /** Kills the process alone: what it started is left to itself. */
  public void kill9Alone() {
    process.destroyForcibly();
    await(Duration.ofSeconds(10));
  }

  /** Kills the process with everything it started. */
  public void kill9() {
    List<ProcessHandle> tree = descendants();
    process.destroyForcibly();
    tree.forEach(ProcessHandle::destroyForcibly);
    await(Duration.ofSeconds(10));
  }

  /** Whether a signal has stopped it; Linux only. */
  public boolean isStopped() {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(processId()), "stat"));
      // The name before the state may hold anything, parentheses too.
      return stat.startsWith("T", stat.lastIndexOf(')') + 2);
    } catch (IOException ended) {
      return false;
    }
  }

  public void signal(Signal signal) {
    signal.send(processId());
  }

  /** Whether it ended in time. */
  public boolean await(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return !process.isAlive();
    }
  }

  @Override
  public String toString() {
    return name + " (process " + processId() + ")";
  }
}
