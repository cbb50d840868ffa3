package dev.morphene.embedded;

import dev.morphene.embedded.ServerStartFailure.Reason;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL 17 as a child of this process, on the loopback address only; with a data folder, every
 * commit is on disk before it is confirmed. Any local user may log in, so it is for a machine of
 * one's own.
 *
 * <p>A server that outlived its parent (the parent was killed) is stopped, and its data taken over,
 * by the next start on the same folder.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
  private static final String NAME = "PostgreSQL";
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final DataFolder folder;
  private final io.zonky.test.db.postgres.embedded.EmbeddedPostgres server;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedPostgres(
      DataFolder folder, io.zonky.test.db.postgres.embedded.EmbeddedPostgres server) {
    this.folder = folder;
    this.server = server;
  }

  /**
   * Starts on data that stays. Blocks until the server answers: about 1 s, 5 s the first time.
   *
   * @param dataFolder made when missing; one process at a time
   * @param port 0 for any free one
   * @throws ServerStartFailure with one sentence that says what to do
   */
  public static EmbeddedPostgres start(Path dataFolder, int port) {
    return start(Optional.of(dataFolder), port);
  }

  /**
   * Starts on a new folder that is deleted on close, so that nothing waits for the disk; otherwise
   * as {@link #start(Path, int)}.
   */
  public static EmbeddedPostgres startTemporary(int port) {
    return start(Optional.empty(), port);
  }

  private static EmbeddedPostgres start(Optional<Path> dataFolder, int port) {
    requireNamespacesAsRoot();
    DataFolder folder = DataFolder.open(dataFolder, NAME);
    try {
      return new EmbeddedPostgres(folder, launch(folder, port));
    } catch (IOException | RuntimeException cause) {
      String words = words(folder, cause);
      folder.close();
      if (cause instanceof ServerStartFailure known) {
        throw known;
      }
      throw new ServerStartFailure(
          Reason.SERVER,
          "The embedded PostgreSQL did not start in "
              + folder.path()
              + ": "
              + words
              + ". Mend the cause, or use a PostgreSQL of your own.",
          cause);
    }
  }

  private static io.zonky.test.db.postgres.embedded.EmbeddedPostgres launch(
      DataFolder folder, int port) throws IOException {
    File log = logFile(folder).toFile();
    String durable = folder.isTemporary() ? "off" : "on";
    var builder =
        io.zonky.test.db.postgres.embedded.EmbeddedPostgres.builder()
            .setDataDirectory(folder.path().resolve("data"))
            .setCleanDataDirectory(false)
            .setServerConfig("fsync", durable)
            .setServerConfig("synchronous_commit", durable)
            .setServerConfig("full_page_writes", durable)
            // The library's default of 300 fits a test server of many suites, not a workstation.
            .setServerConfig("max_connections", "100")
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("unix_socket_directories", "")
            .setPGStartupWait(START_LIMIT)
            // The owner closes it, after everything that still writes.
            .setRegisterShutdownHook(false)
            .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log))
            .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log));
    if (!folder.isTemporary()) {
      // Cleaners of the temporary folder must not take the binaries from under a running server.
      Path binaries = Files.createDirectories(folder.path().resolve("binaries"));
      builder.setOverrideWorkingDirectory(binaries.toFile());
    }
    OrphanPostgres.stop(folder.path().resolve("data"));
    return builder.setPort(LoopbackPort.claim(port, NAME)).start();
  }

  /** PostgreSQL refuses to run as root; a user namespace makes it believe that it is not. */
  private static void requireNamespacesAsRoot() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return;
    }
    try {
      Process probe =
          new ProcessBuilder("unshare", "-U", "true")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (probe.waitFor() == 0) {
        return;
      }
      throw namespacesForbidden(null);
    } catch (IOException cause) {
      throw namespacesForbidden(cause);
    } catch (InterruptedException cause) {
      Thread.currentThread().interrupt();
      throw namespacesForbidden(cause);
    }
  }

  private static ServerStartFailure namespacesForbidden(Exception cause) {
    return new ServerStartFailure(
        Reason.NOT_PERMITTED,
        "The embedded PostgreSQL does not run as root where user namespaces (unshare -U) are"
            + " forbidden; start Morphene as an ordinary user, or use a PostgreSQL of your own.",
        cause);
  }

  private static Path logFile(DataFolder folder) {
    return folder.path().resolve("postgres.log");
  }

  private static String words(DataFolder folder, Exception cause) {
    try {
      List<String> lines = Files.readAllLines(logFile(folder));
      return String.join(" / ", lines.subList(Math.max(0, lines.size() - 3), lines.size()))
          + " ("
          + cause.getMessage()
          + ")";
    } catch (IOException noLog) {
      return String.valueOf(cause.getMessage());
    }
  }

  public int port() {
    return server.getPort();
  }

  /** {@code postgresql://postgres@127.0.0.1:PORT/postgres}. */
  public String postgresUri() {
    return "postgresql://postgres@127.0.0.1:" + port() + "/postgres";
  }

  /** Stops the server; clients are cut off. May be called again. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      server.close();
    } catch (IOException | RuntimeException cause) {
      LOG.warn(
          "The embedded PostgreSQL did not stop cleanly; its next start recovers the data.", cause);
    } finally {
      folder.close();
    }
  }
}
