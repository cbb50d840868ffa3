package dev.morphene.trials.servers;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.morphene.trials.process.OwnProcess;
import dev.morphene.trials.process.Patience;
import dev.morphene.trials.process.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * Debian's RabbitMQ as plain child processes of this JVM, beside whatever the system service does:
 * own node name, ports, data, cookie and port mapper. Works as root and as any other user, because
 * the package's own script is run and not the wrapper on the path.
 */
public final class InstalledRabbit implements TrialServer {
  private static final Path SCRIPT = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");

  /**
   * 5 to 8 s on an idle machine. On two cores that a whole cluster wants as well it has taken more
   * than 60.
   */
  private static final Duration START_LIMIT = Duration.ofSeconds(300);

  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

  private final TemporaryFolder data;
  private final Path log;
  private final int port;
  private final Map<String, String> environment;
  private final OwnProcess portMapper;
  private OwnProcess server;

  private InstalledRabbit(Path logFolder) {
    this.data = TemporaryFolder.of("rabbit");
    this.log = logFolder.resolve("rabbitmq.log");
    this.port = LoopbackPorts.free();
    int portMapperPort = LoopbackPorts.free();
    this.environment = environment(logFolder, portMapperPort);
    // Started here, or the node would leave one behind as a daemon.
    this.portMapper =
        OwnProcess.start(
            "epmd",
            List.of("epmd", "-address", "127.0.0.1", "-port", Integer.toString(portMapperPort)),
            Map.of(),
            logFolder.resolve("epmd.log"));
  }

  /**
   * Starts a node and waits until it answers, at most 300 s.
   *
   * @param logFolder gets the server's logs
   * @throws NotInstalled when the package is not there
   */
  public static InstalledRabbit start(Path logFolder) {
    requireInstalled();
    InstalledRabbit rabbit = new InstalledRabbit(logFolder);
    try {
      rabbit.restart();
      return rabbit;
    } catch (RuntimeException failure) {
      rabbit.close();
      throw failure;
    }
  }

  static void requireInstalled() {
    if (!Files.isExecutable(SCRIPT)) {
      throw new NotInstalled(
          "There is no RabbitMQ in " + SCRIPT + "; install it with apt install rabbitmq-server.");
    }
  }

  private Map<String, String> environment(Path logFolder, int portMapperPort) {
    Map<String, String> values = new HashMap<>();
    values.put("HOME", data.path().toString());
    values.put("RABBITMQ_NODENAME", "trial-" + port + "@localhost");
    values.put("RABBITMQ_MNESIA_BASE", data.folder("mnesia").toString());
    values.put("RABBITMQ_LOG_BASE", logFolder.toAbsolutePath().toString());
    values.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
    values.put("RABBITMQ_NODE_PORT", Integer.toString(port));
    values.put("RABBITMQ_DIST_PORT", Integer.toString(LoopbackPorts.free()));
    values.put("RABBITMQ_ENABLED_PLUGINS_FILE", data.file("enabled_plugins", "[].").toString());
    values.put("RABBITMQ_CONFIG_FILE", data.file("rabbitmq.conf", "").toString());
    values.put("RABBITMQ_CONF_ENV_FILE", "/dev/null");
    values.put("RABBITMQ_PID_FILE", pidFile().toString());
    values.put("ERL_EPMD_PORT", Integer.toString(portMapperPort));
    values.put("ERL_EPMD_ADDRESS", "127.0.0.1");
    return Map.copyOf(values);
  }

  private Path pidFile() {
    return data.path().resolve("rabbitmq.pid");
  }

  @Override
  public String uri() {
    return "amqp://guest:guest@127.0.0.1:" + port;
  }

  @Override
  public synchronized void kill9() {
    if (server != null) {
      server.kill9();
    }
  }

  @Override
  public synchronized void restart() {
    kill9();
    server = OwnProcess.start("RabbitMQ", List.of(SCRIPT.toString()), environment, log);
    try {
      Patience.until(
          START_LIMIT,
          () -> {
            if (!server.isAlive()) {
              throw new IllegalStateException("RabbitMQ ended while it started; see " + log + ".");
            }
            return answers();
          },
          () -> "RabbitMQ did not answer in " + START_LIMIT.toSeconds() + " s; see " + log + ".");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while RabbitMQ started.", interrupted);
    }
  }

  private boolean answers() {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(port);
    factory.setAutomaticRecoveryEnabled(false);
    factory.setConnectionTimeout(2_000);
    try (Connection connection = factory.newConnection("is it there")) {
      return connection.isOpen();
    } catch (IOException | TimeoutException notYet) {
      return false;
    }
  }

  /** Lets it end in order; the data stays until {@link #close}. */
  public synchronized void stop() {
    if (server == null || !server.isAlive()) {
      return;
    }
    // The script waits for the node, whose process id it wrote down.
    Signal.TERM.send(nodeProcessId());
    if (!server.await(STOP_LIMIT)) {
      server.kill9();
    }
  }

  private long nodeProcessId() {
    try {
      return Long.parseLong(Files.readString(pidFile()).strip());
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  @Override
  public void close() {
    kill9();
    portMapper.kill9();
    data.delete();
  }
}
