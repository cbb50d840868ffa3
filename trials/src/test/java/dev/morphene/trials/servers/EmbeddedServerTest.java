package dev.morphene.trials.servers;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.net.URI;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class EmbeddedServerTest {
  @Test
  void theBrokerComesBackUnderTheSameAddress() throws Exception {
    try (TrialServer broker = EmbeddedServer.broker()) {
      String uri = broker.uri();
      broker.restart();
      assertThat(broker.uri()).isEqualTo(uri);
      ConnectionFactory factory = new ConnectionFactory();
      factory.setUri(uri);
      try (Connection connection = factory.newConnection("test")) {
        assertThat(connection.isOpen()).isTrue();
      }
    }
  }

  @Test
  void theDatabaseComesBackUnderTheSameAddress() throws Exception {
    try (TrialServer database = EmbeddedServer.postgres()) {
      String uri = database.uri();
      database.kill9();
      database.restart();
      assertThat(database.uri()).isEqualTo(uri);
      assertThat(answers(URI.create(uri))).isTrue();
    }
  }

  private static boolean answers(URI uri) throws SQLException {
    String[] login = (uri.getUserInfo() + ":").split(":", -1);
    try (java.sql.Connection connection =
        DriverManager.getConnection(
            "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath(),
            login[0],
            login[1])) {
      return connection.isValid(2);
    }
  }
}
