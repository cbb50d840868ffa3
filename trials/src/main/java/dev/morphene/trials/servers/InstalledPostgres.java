package dev.morphene.trials.servers;

import dev.morphene.trials.process.OwnProcess;
import dev.morphene.trials.process.Patience;
import dev.morphene.trials.process.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Debian's PostgreSQL as a plain child process of this JVM, on a cluster of its own, with the
 * durability of production. PostgreSQL refuses to run as root; started by root, it runs as the user
 * {@code postgres} that its package has made.
 */
public final class InstalledPostgres implements TrialServer {
  private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
  private static final String USER = "postgres";
  private static final Duration INIT_LIMIT = Duration.ofSeconds(300);
  private static final Duration START_LIMIT = Duration.ofSeconds(300);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

  private final Path programs;
  private final TemporaryFolder data;
  private final Path log;
  private final int port;
  private OwnProcess server;

  private InstalledPostgres(Path programs, Path logFolder) {
    this.programs = programs;
    this.data = TemporaryFolder.of("postgres");
    this.log = logFolder.resolve("postgres.log");
    this.port = LoopbackPorts.free();
  }

  /**
   * Makes a cluster, starts it and waits until it answers.
   *
   * @param logFolder gets the server's log
   * @throws NotInstalled when the package is not there
   */
  public static InstalledPostgres start(Path logFolder) {
    InstalledPostgres postgres = new InstalledPostgres(requireInstalled(), logFolder);
    try {
      postgres.initialize();
      postgres.restart();
      return postgres;
    } catch (RuntimeException failure) {
      postgres.close();
      throw failure;
    }
  }

  /** The folder with the programs of the newest version. */
  static Path requireInstalled() {
    return newest()
        .orElseThrow(
            () ->
                new NotInstalled(
                    "There is no PostgreSQL below "
                        + VERSIONS
                        + "; install it with apt install postgresql."));
  }

  private static Optional<Path> newest() {
    if (!Files.isDirectory(VERSIONS)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(VERSIONS)) {
      return versions
          .filter(version -> version.getFileName().toString().matches("\\d+"))
          .sorted(
              Comparator.comparingInt(
                      (Path version) -> Integer.parseInt(version.getFileName().toString()))
                  .reversed())
          .map(version -> version.resolve("bin"))
          .filter(programs -> Files.isExecutable(programs.resolve("postgres")))
          .findFirst();
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private void initialize() {
    if (isRoot()) {
      giveTo(USER);
    }
    OwnProcess init =
        OwnProcess.start(
            "initdb",
            asServerUser(
                programs.resolve("initdb").toString(),
                "--pgdata=" + data.path(),
                "--username=" + USER,
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C"),
            Map.of(),
            log);
    if (!init.await(INIT_LIMIT) || !Files.exists(data.path().resolve("PG_VERSION"))) {
      init.kill9();
      throw new IllegalStateException("PostgreSQL could not make its data; see " + log + ".");
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private void giveTo(String user) {
    try {
      UserPrincipal owner =
          data.path().getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
      Files.setOwner(data.path(), owner);
    } catch (UserPrincipalNotFoundException cause) {
      throw new NotInstalled(
          "There is no user " + user + " to run PostgreSQL as; run the trial as an ordinary user.");
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  /** setpriv becomes the command itself, so that signals reach the server and nobody between. */
  private static List<String> asServerUser(String... command) {
    List<String> words = new ArrayList<>();
    if (isRoot()) {
      words.addAll(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--init-groups", "--"));
    }
    words.addAll(List.of(command));
    return words;
  }

  @Override
  public String uri() {
    return "postgresql://" + USER + "@127.0.0.1:" + port + "/postgres";
  }

  @Override
  public synchronized void kill9() {
    if (server != null) {
      server.kill9();
    }
  }

  /** When it runs it ends as in a crash first ("immediate" in PostgreSQL's words). */
  @Override
  public synchronized void restart() {
    end(Signal.QUIT);
    server = launch();
    try {
      Patience.until(
          START_LIMIT,
          () -> {
            if (!server.isAlive()) {
              // Right after a kill the memory that the old processes share is still in use.
              server = launch();
            }
            return answers();
          },
          () -> "PostgreSQL did not answer in " + START_LIMIT.toSeconds() + " s; see " + log + ".");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while PostgreSQL started.", interrupted);
    }
  }

  private OwnProcess launch() {
    return OwnProcess.start(
        "PostgreSQL",
        asServerUser(
            programs.resolve("postgres").toString(),
            "-D",
            data.path().toString(),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "port=" + port,
            "-c",
            "unix_socket_directories="),
        Map.of(),
        log);
  }

  private boolean answers() {
    try (Connection connection =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:" + port + "/postgres", USER, "")) {
      return connection.isValid(2);
    } catch (SQLException notYet) {
      return false;
    }
  }

  /** Lets it end in order, without waiting for its clients; the data stays until closed. */
  public synchronized void stop() {
    end(Signal.TERM);
  }

  private void end(Signal signal) {
    if (server != null && server.isAlive()) {
      server.signal(signal);
      if (!server.await(STOP_LIMIT)) {
        server.kill9();
      }
    }
  }

  @Override
  public void close() {
    kill9();
    data.delete();
  }
}
