package dev.morphene.rave.official;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A foreign program in a session of its own, of which nothing survives this JVM.
 *
 * <p>Between the JVM and the program stands a small shell. Its standard input is a pipe from here:
 * a line asks the whole process group to end (SIGTERM), the pipe's end kills it (SIGKILL). The
 * kernel closes the pipe however this JVM ends, {@code kill -9} included. The program's own
 * standard input is empty, so it cannot wait for an answer, and a session without a terminal keeps
 * it from asking there.
 */
final class TrainerProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainerProcess.class);

  /**
   * The program is started first: what a shell ignores its children ignore too. The exit code goes
   * through the output, because the shell ends with its group.
   */
  private static final String SHELL =
      """
      exec 3<&0 </dev/null
      "$@" 3<&- &
      program=$!
      trap '' TERM
      { while read -r line; do kill -TERM 0; done; kill -KILL 0; } <&3 >/dev/null 2>&1 &
      exec 3<&-
      wait "$program"
      printf '\\nmorphene-exit-code %s\\n' "$?"
      kill -KILL 0
      """;

  private static final String EXIT_CODE = "morphene-exit-code ";
  private static final int LINE_LIMIT_BYTES = 4096;
  private static final int LINES_WAITING = 1024;
  private static final Duration PATIENCE_AFTER_KILL = Duration.ofSeconds(3);

  private final Process process;
  private final OutputStream lifeline;
  private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(LINES_WAITING);
  private volatile boolean closed;
  private boolean groupKilled;
  private int openStreams = 2;
  private OptionalInt exitCode = OptionalInt.empty();

  private sealed interface Item {
    record Line(String text) implements Item {}

    record StreamEnd() implements Item {}
  }

  private TrainerProcess(Process process) {
    this.process = process;
    this.lifeline = process.getOutputStream();
  }

  /**
   * @param command the program, by its path, and its arguments
   * @param environment the whole of it
   * @param folder to work in
   * @throws IOException when it cannot be started
   */
  static TrainerProcess start(List<String> command, Map<String, String> environment, Path folder)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("setsid", "sh", "-c", SHELL, "morphene-trainer"));
    words.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    TrainerProcess started = new TrainerProcess(builder.start());
    started.read(started.process.getInputStream(), "official-output");
    started.read(started.process.getErrorStream(), "official-errors");
    return started;
  }

  /** Of the shell, which leads session and process group. */
  long processId() {
    return process.pid();
  }

  /**
   * The next line of either stream, ended by a line feed or a carriage return.
   *
   * @return empty when none came in time or none will come any more
   */
  Optional<String> nextLine(Duration patience) throws InterruptedException {
    if (hasEnded()) {
      return Optional.empty();
    }
    Item item = items.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    if (item == null && !process.isAlive()) {
      afterTheShell();
    }
    if (item instanceof Item.StreamEnd) {
      openStreams--;
      return Optional.empty();
    }
    if (!(item instanceof Item.Line line)) {
      return Optional.empty();
    }
    if (line.text().startsWith(EXIT_CODE)) {
      exitCode = code(line.text().substring(EXIT_CODE.length()));
      return Optional.empty();
    }
    return Optional.of(line.text());
  }

  /**
   * The shell is gone, and yet somebody keeps a stream open: a process that left the group, when
   * the program has ended; the program, when the shell was killed by somebody else.
   */
  private void afterTheShell() {
    if (exitCode.isPresent() || groupKilled) {
      openStreams = 0;
    } else {
      killGroup();
    }
  }

  /** Only while a stream is open: the number of a group without members may be another's. */
  private void killGroup() {
    groupKilled = true;
    try {
      new ProcessBuilder("sh", "-c", "kill -KILL -" + process.pid()).start();
    } catch (IOException e) {
      LOG.error("The process group {} could not be killed.", process.pid(), e);
    }
  }

  /** True once both streams have ended, and every process of the group with them. */
  boolean hasEnded() {
    return openStreams == 0;
  }

  /** Of the program, 128 + N after signal N; empty when the whole group was killed. */
  OptionalInt exitCode() {
    return exitCode;
  }

  /** Asks the program to end. */
  void terminate() {
    try {
      lifeline.write('\n');
      lifeline.flush();
    } catch (IOException gone) {
      LOG.debug("The trainer has ended already.", gone);
    }
  }

  /** Ends the program and everything that it started, at once. */
  void kill() {
    List<ProcessHandle> known = process.descendants().toList();
    try {
      lifeline.close();
    } catch (IOException gone) {
      LOG.debug("The trainer has ended already.", gone);
    }
    // In case the shell that should do it was killed itself.
    known.forEach(ProcessHandle::destroyForcibly);
    process.descendants().forEach(ProcessHandle::destroyForcibly);
  }

  /** What its processes are doing, for people: one line each. */
  List<String> states() {
    return process
        .descendants()
        .map(
            handle ->
                "process "
                    + handle.pid()
                    + " "
                    + handle.info().command().orElse("of unknown name")
                    + ", "
                    + ProcessState.of(handle.pid()))
        .toList();
  }

  /** Kills what is left and waits a little for its end; lines not yet taken are lost. */
  @Override
  public void close() {
    closed = true;
    items.clear();
    kill();
    if (!process.isAlive() && !hasEnded() && exitCode.isEmpty() && !groupKilled) {
      killGroup();
    }
    try {
      if (!process.waitFor(PATIENCE_AFTER_KILL.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("The trainer's shell {} did not end; killing it.", process.pid());
        process.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static OptionalInt code(String text) {
    try {
      return OptionalInt.of(Integer.parseInt(text.strip()));
    } catch (NumberFormatException notOurs) {
      return OptionalInt.empty();
    }
  }

  private void read(InputStream stream, String threadName) {
    Thread reader = new Thread(() -> readAll(stream), threadName);
    reader.setDaemon(true);
    reader.start();
  }

  private void readAll(InputStream stream) {
    try {
      try (InputStream in = new BufferedInputStream(stream)) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
          if (next == '\n' || next == '\r') {
            put(line);
          } else if (line.size() < LINE_LIMIT_BYTES) {
            line.write(next);
          }
        }
        put(line);
      } catch (IOException broken) {
        LOG.debug("An output of the trainer broke off.", broken);
      }
      tell(new Item.StreamEnd());
    } catch (InterruptedException nobodyReads) {
      Thread.currentThread().interrupt();
    }
  }

  private void put(ByteArrayOutputStream line) throws InterruptedException {
    String text = line.toString(StandardCharsets.UTF_8).strip();
    line.reset();
    if (!text.isEmpty()) {
      tell(new Item.Line(text));
    }
  }

  private void tell(Item item) throws InterruptedException {
    if (!closed) {
      items.put(item);
    }
  }
}
