package dev.morphene.trials.servers;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.net.URI;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class InstalledServersIT {
  @TempDir static Path logs;
  private static TrialServers servers;

  @BeforeAll
  static void start() {
    servers = TrialServers.start(logs);
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  @Test
  void whatTheBrokerConfirmedSurvivesItsDeath() throws Exception {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      channel.queueDeclare("trial", true, false, false, null);
      channel.confirmSelect();
      channel.basicPublish("", "trial", MessageProperties.PERSISTENT_BASIC, "kept".getBytes());
      channel.waitForConfirmsOrDie(10_000);
    }
    servers.broker().kill9();
    servers.broker().restart();
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      assertThat(channel.basicGet("trial", true).getBody()).asString().isEqualTo("kept");
    }
  }

  @Test
  void whatTheDatabaseCommittedSurvivesItsDeath() throws Exception {
    execute("create table kept (value integer)");
    execute("insert into kept values (1)");
    servers.database().restart();
    execute("insert into kept values (2)");
    servers.database().kill9();
    servers.database().restart();
    try (java.sql.Connection connection = DriverManager.getConnection(jdbc());
        Statement statement = connection.createStatement();
        ResultSet sum = statement.executeQuery("select sum(value) from kept")) {
      sum.next();
      assertThat(sum.getInt(1)).isEqualTo(3);
    }
  }

  private static Connection connect() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(servers.broker().uri());
    factory.setAutomaticRecoveryEnabled(false);
    return factory.newConnection("test");
  }

  private static void execute(String sql) throws Exception {
    try (java.sql.Connection connection = DriverManager.getConnection(jdbc());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String jdbc() {
    URI uri = URI.create(servers.database().uri());
    return "jdbc:postgresql://"
        + uri.getHost()
        + ":"
        + uri.getPort()
        + uri.getPath()
        + "?user="
        + uri.getUserInfo();
  }
}
