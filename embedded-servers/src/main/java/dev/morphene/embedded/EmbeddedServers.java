package dev.morphene.embedded;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Both servers, started side by side, which halves the wait. */
public record EmbeddedServers(EmbeddedPostgres postgres, EmbeddedBroker broker)
    implements AutoCloseable {

  /**
   * Starts both, or neither.
   *
   * @param dataFolder holds {@code postgres/} and {@code broker/}
   * @param postgresPort 0 for any free one
   * @param amqpPort 0 for any free one
   * @throws ServerStartFailure with one sentence that says what to do
   */
  public static EmbeddedServers start(Path dataFolder, int postgresPort, int amqpPort) {
    return start(Optional.of(dataFolder), postgresPort, amqpPort);
  }

  /** Starts both on data that is deleted on close and on free ports. */
  public static EmbeddedServers startTemporary() {
    return start(Optional.empty(), 0, 0);
  }

  private static EmbeddedServers start(Optional<Path> folder, int postgresPort, int amqpPort) {
    ExecutorService starter =
        Executors.newFixedThreadPool(2, task -> new Thread(task, "embedded-server-start"));
    try {
      CompletableFuture<EmbeddedPostgres> postgres =
          starting(
              () ->
                  folder.isPresent()
                      ? EmbeddedPostgres.start(folder.get().resolve("postgres"), postgresPort)
                      : EmbeddedPostgres.startTemporary(postgresPort),
              starter);
      CompletableFuture<EmbeddedBroker> broker =
          starting(
              () ->
                  folder.isPresent()
                      ? EmbeddedBroker.start(folder.get().resolve("broker"), amqpPort)
                      : EmbeddedBroker.startTemporary(amqpPort),
              starter);
      return both(postgres, broker);
    } finally {
      starter.shutdown();
    }
  }

  private static <T> CompletableFuture<T> starting(Supplier<T> start, ExecutorService starter) {
    return CompletableFuture.supplyAsync(start, starter);
  }

  private static EmbeddedServers both(
      CompletableFuture<EmbeddedPostgres> postgres, CompletableFuture<EmbeddedBroker> broker) {
    try {
      CompletableFuture.allOf(postgres, broker).join();
      return new EmbeddedServers(postgres.join(), broker.join());
    } catch (CompletionException failure) {
      closeIfStarted(postgres);
      closeIfStarted(broker);
      if (failure.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw failure;
    }
  }

  private static void closeIfStarted(CompletableFuture<? extends AutoCloseable> server) {
    if (!server.isCompletedExceptionally()) {
      try {
        server.join().close();
      } catch (Exception unexpected) {
        throw new IllegalStateException(unexpected);
      }
    }
  }

  /** Broker first: its clients need the database longer than the other way round. */
  @Override
  public void close() {
    try {
      broker.close();
    } finally {
      postgres.close();
    }
  }
}
