package dev.morphene.embedded;

import dev.morphene.embedded.ServerStartFailure.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.qpid.server.SystemLauncher;

/**
 * An AMQP 0-9-1 broker (Apache Qpid Broker-J) inside this process, on the loopback address only,
 * with one user. With a data folder, durable queues and persistent messages survive a restart.
 *
 * <p>What differs from RabbitMQ: no quorum queues, no dead-letter exchanges, and a message refused
 * without requeue stays stuck. The broker module uses only what both do alike.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final String NAME = "broker";
  private static final String USER = "morphene";
  private static final String TEMPLATE = "broker.json";
  private static final int PASSWORD_BYTES = 24;
  private static final int ANSWER_LIMIT_MILLIS = 5_000;

  private final DataFolder folder;
  private final SystemLauncher server;
  private final int port;
  private final String password;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedBroker(DataFolder folder, SystemLauncher server, int port, String password) {
    this.folder = folder;
    this.server = server;
    this.port = port;
    this.password = password;
  }

  /**
   * Starts on data that stays. Blocks until the broker answers: about 2 s.
   *
   * @param dataFolder made when missing; one process at a time
   * @param port 0 for any free one
   * @throws ServerStartFailure with one sentence that says what to do
   */
  public static EmbeddedBroker start(Path dataFolder, int port) {
    return start(Optional.of(dataFolder), port);
  }

  /** Starts with everything in memory; otherwise as {@link #start(Path, int)}. */
  public static EmbeddedBroker startTemporary(int port) {
    return start(Optional.empty(), port);
  }

  private static EmbeddedBroker start(Optional<Path> dataFolder, int port) {
    DataFolder folder = DataFolder.open(dataFolder, NAME);
    BrokerShutdownHook hook = new BrokerShutdownHook();
    SystemLauncher server = new SystemLauncher(hook);
    try {
      int chosen = LoopbackPort.claim(port, NAME);
      String password = password(folder.path().resolve("password"));
      server.startup(attributes(folder, chosen, password));
      requireAnswer(chosen);
      hook.remove();
      return new EmbeddedBroker(folder, server, chosen, password);
    } catch (Exception cause) {
      // A failed start leaves threads that would keep the process alive.
      server.shutdown();
      folder.close();
      if (cause instanceof ServerStartFailure known) {
        throw known;
      }
      throw new ServerStartFailure(
          Reason.SERVER,
          "The embedded broker did not start in "
              + folder.path()
              + " ("
              + cause.getMessage()
              + "); mend the cause, or use a RabbitMQ of your own.",
          cause);
    }
  }

  private static Map<String, Object> attributes(DataFolder folder, int port, String password)
      throws IOException {
    String configuration =
        template()
            .replace("@STORE@", folder.isTemporary() ? "Memory" : "BDB")
            .replace("@PORT@", Integer.toString(port))
            .replace("@USER@", USER)
            .replace("@PASSWORD@", password);
    String location =
        "data:application/json;base64,"
            + Base64.getEncoder().encodeToString(configuration.getBytes(StandardCharsets.UTF_8));
    Map<String, String> context =
        Map.of(
            "qpid.work_dir", folder.path().toString(),
            "queue.behaviourOnUnknownDeclareArgument", "IGNORE",
            "exchange.behaviourOnUnknownDeclareArgument", "IGNORE",
            "virtualhost.housekeepingCheckPeriod", "100",
            // Otherwise a port or a store that failed would be left out in silence.
            "broker.failStartupWithErroredChild", "true");
    return Map.of(
        "type",
        "Memory",
        "initialConfigurationLocation",
        location,
        "startupLoggedToSystemOut",
        "false",
        "context",
        context);
  }

  private static String template() throws IOException {
    try (InputStream in = EmbeddedBroker.class.getResourceAsStream(TEMPLATE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The password in the file, made up the first time; only this user may read it. */
  private static String password(Path file) throws IOException {
    if (Files.exists(file)) {
      return Files.readString(file).strip();
    }
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    String password = HexFormat.of().formatHex(random);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, password, StandardOpenOption.WRITE);
    return password;
  }

  private static void requireAnswer(int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), ANSWER_LIMIT_MILLIS);
    }
  }

  public int port() {
    return port;
  }

  /** {@code amqp://USER:PASSWORD@127.0.0.1:PORT}, virtual host {@code /}. */
  public String amqpUri() {
    return URI.create("amqp://" + USER + ":" + password + "@127.0.0.1:" + port).toString();
  }

  /** Stops the broker; clients are cut off. May be called again. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        server.shutdown();
      } finally {
        folder.close();
      }
    }
  }
}
