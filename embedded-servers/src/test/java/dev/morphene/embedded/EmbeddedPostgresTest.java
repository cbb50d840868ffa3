package dev.morphene.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.embedded.ServerStartFailure.Reason;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class EmbeddedPostgresTest {
  @TempDir Path folder;

  @Test
  void keepsEveryCommitOverARestart() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder, 0)) {
      assertThat(ask(postgres, "show fsync")).isEqualTo("on");
      assertThat(ask(postgres, "show synchronous_commit")).isEqualTo("on");
      assertThat(ask(postgres, "show server_version")).startsWith("17.");
      run(postgres, "create table kept as select 42 as value");
    }
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder, 0)) {
      assertThat(ask(postgres, "select value from kept")).isEqualTo("42");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void takesOverTheServerOfAProcessThatWasKilled(boolean onTheSamePort) throws Exception {
    int port = LoopbackPort.claim(0, "test");
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledOwner.class.getName(),
                folder.toString(),
                Integer.toString(port))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(other.inputReader().readLine()).isEqualTo("kept");
    assertThatThrownBy(() -> EmbeddedPostgres.start(folder, 0))
        .isInstanceOf(ServerStartFailure.class)
        .hasMessageContaining("is in use by another process")
        .extracting(failure -> ((ServerStartFailure) failure).reason())
        .isEqualTo(Reason.FOLDER_IN_USE);
    other.destroyForcibly();
    assertThat(other.waitFor(120, TimeUnit.SECONDS)).isTrue();

    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder, onTheSamePort ? port : 0)) {
      assertThat(ask(postgres, "select value from kept")).isEqualTo("7");
    }
  }

  @Test
  void namesThePortThatIsInUse() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> EmbeddedPostgres.startTemporary(other.getLocalPort()))
          .isInstanceOf(ServerStartFailure.class)
          .hasMessageContaining("Port " + other.getLocalPort())
          .hasMessageContaining("choose another port")
          .extracting(failure -> ((ServerStartFailure) failure).reason())
          .isEqualTo(Reason.PORT_IN_USE);
    }
  }

  static void run(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String ask(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static Connection connect(EmbeddedPostgres postgres) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres", "postgres", "");
  }
}
