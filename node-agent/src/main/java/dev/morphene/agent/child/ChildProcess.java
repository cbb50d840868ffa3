package dev.morphene.agent.child;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.rave.process.ProcessCommand;
import dev.morphene.rave.process.ProcessJson;
import dev.morphene.rave.process.ProcessLine;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running child: its lines, its commands, its end. The child stops by itself when its standard
 * input ends, and ends itself with its lease, so it does not outlive an agent that was killed or
 * frozen.
 */
public final class ChildProcess implements Child {
  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);
  private static final int EVIDENCE_LINES = 20;

  private final AttemptId attempt;
  private final Process process;
  private final Path log;
  private final ChildLog pieces;
  private final boolean startsOthers;
  private final BufferedWriter commands;

  /**
   * @param log receives its standard error
   * @param pieces reads it while the child runs
   * @param startsOthers whether it has the work done by processes that it starts
   */
  ChildProcess(
      AttemptId attempt, Process process, Path log, ChildLog pieces, boolean startsOthers) {
    this.startsOthers = startsOthers;
    this.attempt = attempt;
    this.process = process;
    this.log = log;
    this.pieces = pieces;
    this.commands =
        new BufferedWriter(
            new java.io.OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
  }

  @Override
  public AttemptId attempt() {
    return attempt;
  }

  @Override
  public long processId() {
    return process.pid();
  }

  @Override
  public boolean startsOthers() {
    return startsOthers;
  }

  @Override
  public Optional<ChildLog> log() {
    return Optional.of(pieces);
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Reads lines until the child closes its output and has ended; call it on a thread of its own,
   * once.
   *
   * @param onLine gets every line but the last; what it throws is logged and does not stop the
   *     reading
   */
  @Override
  public ChildEnd follow(Consumer<ProcessLine> onLine) throws InterruptedException {
    Optional<ProcessLine> last = Optional.empty();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String text = lines.readLine(); text != null; text = lines.readLine()) {
        Optional<ProcessLine> line = parse(text);
        if (line.isPresent() && isLast(line.get())) {
          last = line;
        } else {
          line.ifPresent(value -> tell(onLine, value));
        }
      }
    } catch (IOException cause) {
      LOG.warn("Attempt {}: its output broke off.", attempt, cause);
    }
    int exitCode = process.waitFor();
    return new ChildEnd(exitCode, last, evidence());
  }

  /** Asks the child for something; a child that is already gone is no error. */
  @Override
  public synchronized void send(ProcessCommand command) {
    try {
      commands.write(ProcessJson.mapper().writeValueAsString(command));
      commands.newLine();
      commands.flush();
    } catch (IOException gone) {
      LOG.debug("Attempt {}: the child no longer reads commands.", attempt, gone);
    }
  }

  /**
   * Tells the child how long it may run.
   *
   * @param untilNanos on {@code System.nanoTime}, which the child reads too
   */
  @Override
  public void renewLease(long untilNanos) {
    send(new ProcessCommand.Renewed(untilNanos));
  }

  /**
   * Asks the child to stop, waits, and kills it with everything that it started when it takes
   * longer.
   */
  @Override
  public void stop(Duration patience) throws InterruptedException {
    send(new ProcessCommand.Stop());
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn("Attempt {}: the child did not stop within {}; killing it.", attempt, patience);
      kill();
    }
  }

  /** Ends the child and everything that it started, at once. */
  @Override
  public void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static boolean isLast(ProcessLine line) {
    return line instanceof ProcessLine.Done
        || line instanceof ProcessLine.Failed
        || line instanceof ProcessLine.Stopped;
  }

  private Optional<ProcessLine> parse(String text) {
    try {
      return Optional.of(ProcessJson.mapper().readValue(text, ProcessLine.class));
    } catch (JsonProcessingException cause) {
      LOG.warn("Attempt {}: not a line of the protocol: {}", attempt, text);
      return Optional.empty();
    }
  }

  private void tell(Consumer<ProcessLine> onLine, ProcessLine line) {
    try {
      onLine.accept(line);
    } catch (RuntimeException cause) {
      LOG.error("Attempt {}: a line could not be handled: {}", attempt, line, cause);
    }
  }

  private List<String> evidence() {
    try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      List<String> all = lines.filter(line -> !line.isBlank()).toList();
      return List.copyOf(all.subList(Math.max(0, all.size() - EVIDENCE_LINES), all.size()));
    } catch (IOException | java.io.UncheckedIOException cause) {
      return List.of("The log " + log + " cannot be read: " + cause.getMessage());
    }
  }
}
