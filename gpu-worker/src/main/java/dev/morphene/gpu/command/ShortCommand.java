package dev.morphene.gpu.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs a program that should end within seconds, and kills it with all it started when it does not.
 */
public final class ShortCommand {
  /** More than this of an output is read and thrown away. */
  public static final int OUTPUT_LIMIT_BYTES = 64 * 1024;

  private static final Duration PATIENCE_AFTER_END = Duration.ofSeconds(1);

  private ShortCommand() {}

  /**
   * Waits for the end.
   *
   * @param environment set in addition to this process's own
   * @param timeout after which it is killed
   */
  public static CommandEnd run(
      List<String> command, Map<String, String> environment, Duration timeout) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    Process process;
    try {
      process = builder.start();
      process.getOutputStream().close();
    } catch (IOException cause) {
      return new CommandEnd.NotStarted(cause.getMessage());
    }
    CompletableFuture<String> output = read(process.getInputStream(), process.pid());
    CompletableFuture<String> errors = read(process.getErrorStream(), process.pid());
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        kill(process);
        return new CommandEnd.TimedOut(timeout);
      }
      return new CommandEnd.Exited(process.exitValue(), text(output), text(errors));
    } catch (InterruptedException interrupted) {
      kill(process);
      Thread.currentThread().interrupt();
      return new CommandEnd.Interrupted();
    }
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static CompletableFuture<String> read(InputStream stream, long pid) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try (stream) {
                byte[] head = stream.readNBytes(OUTPUT_LIMIT_BYTES);
                text.complete(new String(head, StandardCharsets.UTF_8));
                // Goes on reading, so that a talkative program is not stuck on a full pipe.
                stream.transferTo(OutputStream.nullOutputStream());
              } catch (IOException closed) {
                text.complete("");
              }
            },
            "gpu-command-" + pid);
    reader.setDaemon(true);
    reader.start();
    return text;
  }

  /** Something that the program left behind may hold the pipe open: then without that output. */
  private static String text(CompletableFuture<String> text) throws InterruptedException {
    try {
      return text.get(PATIENCE_AFTER_END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException heldOpen) {
      return "";
    }
  }
}
