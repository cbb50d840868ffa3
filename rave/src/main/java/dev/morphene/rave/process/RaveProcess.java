package dev.morphene.rave.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * The child process: {@code RaveProcess <preprocess|train|audit|export> <request.json>}. Speaks
 * {@link ProcessLine} on standard output and {@link ProcessCommand} on standard input; logs go to
 * standard error. The exit code is 0 when done, {@link FailureClass#STOPPED_EXIT_CODE} when
 * stopped, {@link LeaseWatch#EXIT_CODE} when its lease passed, otherwise that of the failure's
 * class.
 */
public final class RaveProcess {
  /** A step of a large model on few cores, and its checkpoint; whoever cannot wait kills. */
  private static final long STOP_PATIENCE_MILLIS = 300_000;

  private final JobRegistry registry;
  private final LongSupplier nanoTicker;
  private final CommandListener listener;

  RaveProcess(JobRegistry registry, LongSupplier nanoTicker, LeaseWatch lease) {
    this.registry = registry;
    this.nanoTicker = nanoTicker;
    this.listener = new CommandListener(lease);
  }

  public static void main(String[] args) {
    LeaseWatch lease = LeaseWatch.start();
    OutputStream lines = new FileOutputStream(FileDescriptor.out);
    // Whatever prints to System.out, a library for instance, must not get between the lines.
    System.setOut(System.err);
    System.setProperty("logback.configurationFile", "rave-process-logback.xml");
    RaveProcess process = new RaveProcess(RaveJobs.registry(), System::nanoTime, lease);
    Thread worker = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> process.stopAndWaitFor(worker), "rave-signal"));
    int exitCode = process.run(List.of(args), System.in, lines);
    // Not System.exit: unloading native libraries must not turn a finished job into a crash.
    Runtime.getRuntime().halt(exitCode);
  }

  /** SIGINT and SIGTERM, a Ctrl-C in the agent's terminal for instance, mean the stop command. */
  private void stopAndWaitFor(Thread worker) {
    listener.requestStop();
    try {
      worker.join(STOP_PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs one job to its last line and gives the exit code. */
  int run(List<String> args, InputStream commands, OutputStream lines) {
    LineOutput output = new LineOutput(lines, listener::requestStop);
    LineReporter reporter =
        new LineReporter(output, nanoTicker, () -> ProcessMemory.residentBytes().orElse(0L));
    CompletableFuture<Void> greeted = new CompletableFuture<>();
    // At once, since loading native libraries may take longer than a lease; hello stays first.
    listener.listen(commands, warning -> greeted.thenRun(() -> reporter.warning(warning)));
    try {
      JobKind kind = kind(args);
      JsonNode request = read(Path.of(args.get(1)));
      JsonNode result =
          registry
              .entry(kind)
              .run(
                  request,
                  (device, recipe) -> {
                    output.write(
                        new ProcessLine.Hello(
                            kind.word(),
                            ProcessHandle.current().pid(),
                            device,
                            memoryBytes(device),
                            recipe));
                    greeted.complete(null);
                  },
                  reporter,
                  listener);
      output.write(new ProcessLine.Done(result));
      return 0;
    } catch (JobStopped stopped) {
      output.write(new ProcessLine.Stopped(stopped.step()));
      return FailureClass.STOPPED_EXIT_CODE;
    } catch (Throwable thrown) {
      // Errors too: an OutOfMemoryError or a missing native library must still name itself.
      ProcessLine.Failed failed = FailureTable.classify(thrown);
      output.write(failed);
      return failed.failureClass().exitCode();
    }
  }

  private static JobKind kind(List<String> args) {
    if (args.size() != 2) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "Two words are needed: the kind of job (" + JobKind.words() + ") and the request file.");
    }
    return JobKind.of(args.get(0))
        .orElseThrow(
            () ->
                new JobFailure(
                    FailureClass.BAD_INPUT,
                    "\"" + args.get(0) + "\" is no kind of job; use " + JobKind.words() + "."));
  }

  private static JsonNode read(Path file) {
    try {
      return ProcessJson.mapper().readTree(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new JobFailure(FailureClass.BAD_INPUT, "There is no request file " + file + ".", e);
    } catch (JsonProcessingException e) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "The request file " + file + " is no JSON: " + e.getOriginalMessage() + ".",
          e);
    } catch (IOException e) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "The request file " + file + " cannot be read: " + e.getMessage() + ".",
          e);
    }
  }

  /** The host's memory for the CPU; what a GPU has is known to its node, not to this process. */
  private static OptionalLong memoryBytes(String device) {
    return "cpu".equals(device) ? ProcessMemory.hostBytes() : OptionalLong.empty();
  }
}
