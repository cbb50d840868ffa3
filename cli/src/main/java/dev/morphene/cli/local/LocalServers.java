package dev.morphene.cli.local;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.config.ClusterSettings;
import dev.morphene.embedded.EmbeddedBroker;
import dev.morphene.embedded.EmbeddedPostgres;
import dev.morphene.embedded.EmbeddedServers;
import dev.morphene.embedded.ServerStartFailure;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database and the broker of a local cluster: those that the settings name, and embedded ones
 * on the data folder for what they do not name.
 */
final class LocalServers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalServers.class);
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration ASK_AGAIN = Duration.ofMillis(200);
  private static final String POSTGRES = "postgres";
  private static final String BROKER = "broker";

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private String postgresUri;
  private String amqpUri;

  private LocalServers(ClusterSettings settings) {
    this.postgresUri = settings.postgresUri().orElse(null);
    this.amqpUri = settings.amqpUri().orElse(null);
  }

  /**
   * Starts what is embedded; waits a while for another process that has the folder in use.
   *
   * @param err is told in one line when it has to wait
   * @param nanoTicker for the wait
   * @return nothing when the other process keeps it, or is a cluster that came up meanwhile
   */
  static Optional<LocalServers> startWhenFree(
      DataFolder data, ClusterSettings settings, PrintStream err, LongSupplier nanoTicker) {
    long deadline = nanoTicker.getAsLong() + PATIENCE.toNanos();
    boolean toldToWait = false;
    while (true) {
      Optional<LocalServers> servers = tryStart(data, settings);
      if (servers.isPresent()
          || nanoTicker.getAsLong() - deadline > 0
          || data.runningCoordinator().isPresent()) {
        return servers;
      }
      if (!toldToWait) {
        err.println(
            "The data folder " + data.root() + " is in use by another process; waiting for it.");
        toldToWait = true;
      }
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(ASK_AGAIN.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(
          ExitCode.FAILED, "Interrupted while waiting for the data folder.", interrupted);
    }
  }

  private static Optional<LocalServers> tryStart(DataFolder data, ClusterSettings settings) {
    LocalServers servers = new LocalServers(settings);
    try {
      return servers.startEmbedded(data) ? Optional.of(servers) : Optional.empty();
    } catch (ServerStartFailure cause) {
      servers.close();
      if (cause.reason() == ServerStartFailure.Reason.FOLDER_IN_USE) {
        return Optional.empty();
      }
      throw new CommandFailure(ExitCode.FAILED, cause.getMessage(), cause);
    } catch (RuntimeException cause) {
      servers.close();
      throw cause;
    }
  }

  private boolean startEmbedded(DataFolder data) {
    if (postgresUri != null && amqpUri != null) {
      return true;
    }
    Optional<FolderLock> lock = FolderLock.tryTake(data);
    if (lock.isEmpty()) {
      return false;
    }
    parts.push(lock.get());
    if (postgresUri == null && amqpUri == null) {
      EmbeddedServers both = EmbeddedServers.start(data.servers(), 0, 0);
      parts.push(both);
      postgresUri = both.postgres().postgresUri();
      amqpUri = both.broker().amqpUri();
    } else if (postgresUri == null) {
      EmbeddedPostgres postgres = EmbeddedPostgres.start(data.servers().resolve(POSTGRES), 0);
      parts.push(postgres);
      postgresUri = postgres.postgresUri();
    } else {
      EmbeddedBroker broker = EmbeddedBroker.start(data.servers().resolve(BROKER), 0);
      parts.push(broker);
      amqpUri = broker.amqpUri();
    }
    return true;
  }

  String postgresUri() {
    return postgresUri;
  }

  String amqpUri() {
    return amqpUri;
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception cause) {
        LOG.error("{} did not close cleanly.", part.getClass().getSimpleName(), cause);
      }
    }
  }
}
