package dev.morphene.coordinator;

import dev.morphene.embedded.EmbeddedServers;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.UUID;

/**
 * A database of its own, and a queue prefix of its own, on the embedded servers or on real ones.
 *
 * @param postgresUri of a fresh, empty database
 */
record TestServers(String postgresUri, String amqpUri, String queuePrefix, Runnable dropDatabase)
    implements AutoCloseable {
  private static final String LOCAL_AMQP = "amqp://guest:guest@127.0.0.1:5672";
  private static final String LOCAL_POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres";

  /** Started once for all test classes of this process; they end with it. */
  private static final class Embedded {
    static final EmbeddedServers SERVERS = EmbeddedServers.startTemporary();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(SERVERS::close, "embedded-servers-end"));
    }
  }

  static TestServers embedded() {
    return fresh(Embedded.SERVERS.postgres().postgresUri(), Embedded.SERVERS.broker().amqpUri());
  }

  /** Empty, with a loud line, when neither named nor found on this machine. */
  static Optional<TestServers> real() {
    Optional<String> postgres = named("MORPHENE_PG_URI").or(() -> ifAnswers(LOCAL_POSTGRES, 5432));
    Optional<String> amqp = named("MORPHENE_AMQP_URI").or(() -> ifAnswers(LOCAL_AMQP, 5672));
    if (postgres.isEmpty() || amqp.isEmpty()) {
      System.err.println(
          "*** SKIPPED: no "
              + (postgres.isEmpty() ? "PostgreSQL on 127.0.0.1:5432" : "RabbitMQ on 127.0.0.1:5672")
              + "; the coordinator was tested on embedded servers alone. Set MORPHENE_PG_URI and"
              + " MORPHENE_AMQP_URI. ***");
      return Optional.empty();
    }
    return Optional.of(fresh(postgres.get(), amqp.get()));
  }

  private static TestServers fresh(String serverUri, String amqpUri) {
    String name = "morphene_test_" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
    admin(serverUri, "create database " + name);
    return new TestServers(
        serverUri.substring(0, serverUri.lastIndexOf('/') + 1) + name,
        amqpUri,
        name + ".",
        () -> admin(serverUri, "drop database " + name + " with (force)"));
  }

  private static void admin(String uri, String sql) {
    try (Connection connection = connect(uri);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException cause) {
      throw new IllegalStateException(cause);
    }
  }

  Connection connect() throws SQLException {
    return connect(postgresUri);
  }

  private static Connection connect(String uri) throws SQLException {
    java.net.URI parsed = java.net.URI.create(uri);
    String[] login = (parsed.getUserInfo() + ":").split(":", -1);
    return DriverManager.getConnection(
        "jdbc:postgresql://" + parsed.getHost() + ":" + parsed.getPort() + parsed.getPath(),
        login[0],
        login[1]);
  }

  private static Optional<String> named(String variable) {
    return Optional.ofNullable(System.getenv(variable)).filter(value -> !value.isBlank());
  }

  private static Optional<String> ifAnswers(String uri, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 20_000);
      return Optional.of(uri);
    } catch (java.io.IOException nobody) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    dropDatabase.run();
  }
}
