package dev.morphene.cli.local;

import java.util.concurrent.CountDownLatch;

/** Closes a running part when the process is told to end (Ctrl-C, SIGTERM), before the JVM goes. */
public final class Shutdown implements AutoCloseable {
  private final AutoCloseable part;
  private final CountDownLatch requested = new CountDownLatch(1);
  private final Thread hook;

  private Shutdown(AutoCloseable part, String message) {
    this.part = part;
    this.hook =
        new Thread(
            () -> {
              System.err.println(message);
              requested.countDown();
              closePart();
            },
            "shutdown");
  }

  /**
   * Closes {@code part} at the end of the process, or when this is closed, whichever is first.
   *
   * @param message printed when the process is told to end
   */
  public static Shutdown of(AutoCloseable part, String message) {
    Shutdown shutdown = new Shutdown(part, message);
    Runtime.getRuntime().addShutdownHook(shutdown.hook);
    return shutdown;
  }

  /**
   * Leaves the part open: from now on somebody else closes it. When the process is ending already,
   * waits for its end instead.
   */
  void release() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException endingAlready) {
      awaitHook();
    }
  }

  private void awaitHook() {
    try {
      hook.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the process was told to end; what fails from then on fails because of that. */
  public boolean isRequested() {
    return requested.getCount() == 0;
  }

  /** Waits until the process is told to end; the JVM ends before this returns for long. */
  public void await() throws InterruptedException {
    requested.await();
    hook.join();
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException endingAlready) {
      // The hook is closing the part; waiting for it is all that is left to do.
      awaitHook();
      return;
    }
    closePart();
  }

  private void closePart() {
    try {
      part.close();
    } catch (Exception cause) {
      System.err.println("morphene: could not close cleanly: " + cause.getMessage());
    }
  }
}
