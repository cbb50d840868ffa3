package dev.morphene.embedded;

import dev.morphene.embedded.ServerStartFailure.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server whose parent was killed: it lives on, and keeps its data folder to itself.
 */
final class OrphanPostgres {
  private static final Logger LOG = LoggerFactory.getLogger(OrphanPostgres.class);
  private static final long STOP_LIMIT_SECONDS = 30;

  private OrphanPostgres() {}

  /**
   * Stops the server of this data folder, if one runs. The caller holds the folder's lock, so
   * nobody else wants it.
   *
   * @throws ServerStartFailure when it does not stop
   */
  static void stop(Path dataFolder) throws IOException {
    Optional<ProcessHandle> server = find(dataFolder);
    if (server.isEmpty()) {
      return;
    }
    long processId = server.get().pid();
    LOG.warn("Stopping PostgreSQL process {}, which outlived its parent.", processId);
    // SIGINT is PostgreSQL's "fast shutdown": clients are cut off, everything committed stays.
    new ProcessBuilder("kill", "-INT", Long.toString(processId)).inheritIO().start();
    try {
      server.get().onExit().get(STOP_LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException cause) {
      throw new ServerStartFailure(
          Reason.FOLDER_IN_USE,
          "PostgreSQL process "
              + processId
              + " still uses "
              + dataFolder
              + " and does not stop; end it with kill -QUIT "
              + processId
              + " and start again.",
          cause);
    }
  }

  /** The process that the folder's pid file names, if it is alive and a PostgreSQL. */
  private static Optional<ProcessHandle> find(Path dataFolder) throws IOException {
    Path pidFile = dataFolder.resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(pidFile);
    if (lines.isEmpty() || !lines.get(0).strip().matches("\\d{1,18}")) {
      return Optional.empty();
    }
    return ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
        .filter(ProcessHandle::isAlive)
        .filter(process -> process.info().command().orElse("").endsWith("/postgres"));
  }
}
