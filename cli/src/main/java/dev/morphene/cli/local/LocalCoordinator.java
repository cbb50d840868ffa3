package dev.morphene.cli.local;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.config.ClusterSettings;
import dev.morphene.coordinator.Coordinator;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A coordinator on the local data folder for the length of one command, without nodes: it takes and
 * answers, and what it accepts runs when a whole cluster is started on the folder. Nobody else is
 * told its address, since it goes away with the command.
 */
public final class LocalCoordinator implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Shutdown shutdown = Shutdown.of(this::closeParts, "Stopping.");
  private URI address;

  private LocalCoordinator() {}

  /**
   * Starts one; waits a while for another process that has the folder in use.
   *
   * @param err is told in one line what is started, and whether it has to wait
   * @param nanoTicker for the wait
   * @return nothing when a cluster came up on the folder meanwhile, whose coordinator answers
   */
  public static Optional<LocalCoordinator> start(
      DataFolder data, PrintStream err, LongSupplier nanoTicker) {
    LogFile.use(data.log());
    ClusterSettings settings =
        ClusterSettings.read(
            Map.of("http.host", "127.0.0.1", "http.port", "0"), System.getenv(), Optional.empty());
    err.println(
        "No coordinator runs; using the local one in "
            + shown(data.root(), Path.of(System.getProperty("user.home")))
            + " for this command.");
    // Its end is prepared first: told to end in the middle of the start, the process must not leave
    // a database behind.
    LocalCoordinator coordinator = new LocalCoordinator();
    try {
      if (coordinator.startParts(data, settings, err, nanoTicker)) {
        return Optional.of(coordinator);
      }
    } catch (RuntimeException cause) {
      coordinator.close();
      throw cause;
    }
    coordinator.close();
    if (data.runningCoordinator().isPresent()) {
      return Optional.empty();
    }
    throw new CommandFailure(
        ExitCode.UNREACHABLE,
        "The data folder "
            + data.root()
            + " is in use by another process; try again when that one has ended, or choose another"
            + " folder with --data.");
  }

  private synchronized boolean startParts(
      DataFolder data, ClusterSettings settings, PrintStream err, LongSupplier nanoTicker) {
    Optional<LocalServers> servers = LocalServers.startWhenFree(data, settings, err, nanoTicker);
    if (servers.isEmpty()) {
      return false;
    }
    parts.push(servers.get());
    Coordinator coordinator =
        StartedCoordinator.start(settings, servers.get().postgresUri(), servers.get().amqpUri());
    parts.push(coordinator);
    address = URI.create(coordinator.httpUri());
    return true;
  }

  private synchronized void closeParts() throws Exception {
    while (!parts.isEmpty()) {
      parts.pop().close();
    }
  }

  /** The folder as people write it. */
  static String shown(Path folder, Path home) {
    return folder.startsWith(home) && !folder.equals(home)
        ? "~/" + home.relativize(folder)
        : folder.toString();
  }

  public URI address() {
    return address;
  }

  @Override
  public void close() {
    shutdown.close();
  }
}
