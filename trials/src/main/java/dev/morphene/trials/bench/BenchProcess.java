package dev.morphene.trials.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of the benchmark's own Java processes: it says when it is ready and ends with its input. */
final class BenchProcess implements AutoCloseable {
  static final String READY = "ready";
  private static final Logger LOG = LoggerFactory.getLogger(BenchProcess.class);
  private static final long END_LIMIT_SECONDS = 30;

  private final Process process;

  private BenchProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts a class of this class path and waits until it is ready.
   *
   * @param log gets what it writes to standard error
   */
  static BenchProcess start(Class<?> main, String heap, Path log, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heap);
    command.add("-XX:+UseSerialGC");
    command.addAll(extraOptions());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    try {
      Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
      BenchProcess own = new BenchProcess(process);
      own.awaitReady(main.getSimpleName() + " did not start; see " + log + ".");
      return own;
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private static List<String> extraOptions() {
    String options = System.getProperty("bench.jvm", "");
    return options.isBlank() ? List.of() : List.of(options.split(" "));
  }

  private void awaitReady(String otherwise) throws IOException {
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = output.readLine(); !READY.equals(line); line = output.readLine()) {
      if (line == null) {
        throw new IllegalStateException(otherwise);
      }
    }
    // Whoever does not read on blocks the writer once the pipe is full.
    Thread drain =
        new Thread(() -> output.lines().forEach(line -> LOG.debug("{}", line)), "bench-drain");
    drain.setDaemon(true);
    drain.start();
  }

  long processId() {
    return process.pid();
  }

  /** Returns when whoever started this process has closed its standard input. */
  static void awaitEndOfInput() throws IOException {
    while (System.in.read() >= 0) {
      LOG.debug("A byte on standard input means nothing.");
    }
  }

  static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception failure) {
      LOG.warn("{} did not close cleanly; going on.", resource, failure);
    }
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException cause) {
      process.destroyForcibly();
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
