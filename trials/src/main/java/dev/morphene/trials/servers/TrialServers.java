package dev.morphene.trials.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * A broker and a database of a trial's own: the installed RabbitMQ and PostgreSQL, or the embedded
 * ones where those are missing.
 *
 * @param installed false for the embedded ones, which prove less
 */
public record TrialServers(TrialServer broker, TrialServer database, boolean installed)
    implements AutoCloseable {

  /**
   * Starts both, side by side. Says so loudly when it has to take the embedded ones.
   *
   * @param logFolder gets their logs
   * @throws NotInstalled where CI is true in the environment and a server is missing
   */
  public static TrialServers start(Path logFolder) {
    try {
      Files.createDirectories(logFolder);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
    try {
      InstalledRabbit.requireInstalled();
      InstalledPostgres.requireInstalled();
    } catch (NotInstalled missing) {
      if ("true".equals(System.getenv("CI"))) {
        throw missing;
      }
      System.err.println(
          "*** NOT THE REAL THING: "
              + missing.getMessage()
              + " This trial runs on the embedded servers, which cannot be killed. ***");
      return sideBySide(EmbeddedServer::broker, EmbeddedServer::postgres, false);
    }
    return sideBySide(
        () -> InstalledRabbit.start(logFolder), () -> InstalledPostgres.start(logFolder), true);
  }

  private static TrialServers sideBySide(
      Supplier<TrialServer> broker, Supplier<TrialServer> database, boolean installed) {
    ExecutorService starter =
        Executors.newFixedThreadPool(2, task -> new Thread(task, "trial-server-start"));
    CompletableFuture<TrialServer> first = CompletableFuture.supplyAsync(broker, starter);
    CompletableFuture<TrialServer> second = CompletableFuture.supplyAsync(database, starter);
    starter.shutdown();
    try {
      CompletableFuture.allOf(first, second).join();
      return new TrialServers(first.join(), second.join(), installed);
    } catch (CompletionException failure) {
      closeIfStarted(first);
      closeIfStarted(second);
      throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
    }
  }

  private static void closeIfStarted(CompletableFuture<TrialServer> server) {
    if (!server.isCompletedExceptionally()) {
      server.join().close();
    }
  }

  @Override
  public void close() {
    try {
      broker.close();
    } finally {
      database.close();
    }
  }
}
