package dev.morphene.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import dev.morphene.embedded.ServerStartFailure.Reason;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class EmbeddedBrokerTest {
  @TempDir Path folder;

  @Test
  void keepsAConfirmedMessageOverARestartOnTheSamePort() throws Exception {
    int port;
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0);
        Connection connection = connect(broker.amqpUri());
        Channel channel = connection.createChannel()) {
      port = broker.port();
      channel.confirmSelect();
      channel.queueDeclare("kept", true, false, false, null);
      channel.basicPublish(
          "", "kept", MessageProperties.PERSISTENT_BASIC, "hello".getBytes(StandardCharsets.UTF_8));
      channel.waitForConfirmsOrDie(5_000);
    }
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, port);
        Connection connection = connect(broker.amqpUri());
        Channel channel = connection.createChannel()) {
      assertThat(broker.port()).isEqualTo(port);
      assertThat(new String(channel.basicGet("kept", true).getBody(), StandardCharsets.UTF_8))
          .isEqualTo("hello");
    }
  }

  @Test
  void letsOnlyItsOneUserIn() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(folder.resolve("password"))))
          .isEqualTo("rw-------");
      assertThatThrownBy(() -> connect("amqp://guest:guest@127.0.0.1:" + broker.port()))
          .isInstanceOf(Exception.class);
    }
  }

  @Test
  void refusesAFolderThatIsInUse() {
    try (EmbeddedBroker first = EmbeddedBroker.start(folder, 0)) {
      assertThatThrownBy(() -> EmbeddedBroker.start(folder, 0))
          .isInstanceOf(ServerStartFailure.class)
          .hasMessageContaining(folder.toString())
          .extracting(failure -> ((ServerStartFailure) failure).reason())
          .isEqualTo(Reason.FOLDER_IN_USE);
      assertThat(first.port()).isPositive();
    }
  }

  @Test
  void namesThePortThatIsInUse() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> EmbeddedBroker.startTemporary(other.getLocalPort()))
          .isInstanceOf(ServerStartFailure.class)
          .hasMessageContaining("Port " + other.getLocalPort());
    }
  }

  @Test
  void startsBothServersSideBySide() throws Exception {
    EmbeddedServers servers = EmbeddedServers.startTemporary();
    try (servers;
        Connection connection = connect(servers.broker().amqpUri())) {
      EmbeddedPostgresTest.run(servers.postgres(), "select 1");
      assertThat(connection.isOpen()).isTrue();
    }
    servers.close();
  }

  private static Connection connect(String uri) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(uri);
    factory.setAutomaticRecoveryEnabled(false);
    return factory.newConnection("test");
  }
}
