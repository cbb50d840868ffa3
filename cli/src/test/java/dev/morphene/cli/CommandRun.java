package dev.morphene.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A command line run in this JVM, with what it printed. */
public final class CommandRun {
  private final Printed out = new Printed();
  private final Printed err = new Printed();
  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

  private CommandRun() {}

  /** Runs a command to its end. */
  public static CommandRun of(String... arguments) {
    CommandRun run = new CommandRun();
    run.run(arguments);
    return run;
  }

  /** Runs a command on a thread of its own. */
  public static CommandRun begin(String... arguments) {
    CommandRun run = new CommandRun();
    new Thread(() -> run.run(arguments), "command").start();
    return run;
  }

  private void run(String... arguments) {
    PrintStream formerOut = System.out;
    PrintStream formerErr = System.err;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    CompletableFuture<Integer> ended = new CompletableFuture<>();
    try {
      ended.complete(Morphene.run(arguments));
    } catch (RuntimeException | Error failure) {
      ended.completeExceptionally(failure);
    } finally {
      System.setOut(formerOut);
      System.setErr(formerErr);
    }
    // Last of all: who waits for it may begin the next command.
    ended.whenComplete(
        (code, failure) -> {
          if (failure == null) {
            exitCode.complete(code);
          } else {
            exitCode.completeExceptionally(failure);
          }
        });
  }

  public int exitCode() {
    return exitCode.orTimeout(10, TimeUnit.MINUTES).join();
  }

  public String out() {
    return out.text();
  }

  public String err() {
    return err.text();
  }

  /** Waits until standard output has that text. */
  public void awaitOut(String text) {
    out.await(text).orTimeout(10, TimeUnit.MINUTES).join();
  }

  /** Remembers what is written and tells who waits for a text. */
  private static final class Printed extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<Void> seen = new CompletableFuture<>();
    private Optional<String> wanted = Optional.empty();

    @Override
    public synchronized void write(int value) {
      bytes.write(value);
      look();
    }

    @Override
    public synchronized void write(byte[] data, int offset, int length) {
      bytes.write(data, offset, length);
      look();
    }

    synchronized String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }

    synchronized CompletableFuture<Void> await(String text) {
      wanted = Optional.of(text);
      look();
      return seen;
    }

    private void look() {
      if (wanted.isPresent() && text().contains(wanted.get())) {
        seen.complete(null);
      }
    }
  }
}
