package dev.morphene.cli.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.TerminalRun;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoordinatorAddressTest {
  @TempDir Path data;

  @Test
  void theLocalClustersAddressIsFoundInItsDataFolder() throws Exception {
    try (FakeCoordinator coordinator = new FakeCoordinator()) {
      coordinator.answer("GET /api/v1/nodes", 200, "{\"nodes\": []}");
      Files.writeString(data.resolve("http-address"), coordinator.address() + "\n");
      TerminalRun run = TerminalRun.of("nodes", "--data", data.toString());
      assertThat(run.out()).isEqualTo("No node has ever joined.\n");
      assertThat(run.err()).isEmpty();
    }
  }

  @Test
  void anAddressThatAKilledClusterLeftBehindIsNone() throws Exception {
    int port;
    try (ServerSocket freed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = freed.getLocalPort();
    }
    Files.writeString(data.resolve("http-address"), "http://127.0.0.1:" + port);
    assertNoneRuns();
    Files.writeString(data.resolve("http-address"), "not an address");
    assertNoneRuns();
  }

  @Test
  void anotherProgramOnTheOldPortIsNoCoordinator() throws Exception {
    try (FakeCoordinator other = new FakeCoordinator()) {
      Files.writeString(data.resolve("http-address"), other.address() + "/elsewhere");
      other.answer("GET /health", 404, "no such page");
      // The first answer is a coordinator's; it is used up here.
      assertThat(TerminalRun.of("nodes", "--data", data.toString()).exitCode())
          .isEqualTo(ExitCode.NOT_FOUND);
      assertNoneRuns();
    }
  }

  private void assertNoneRuns() {
    TerminalRun run = TerminalRun.of("nodes", "--data", data.toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(run.err())
        .isEqualTo(
            "morphene: No coordinator runs here; start one with morphene up,"
                + " or name one with --coordinator.\n");
  }
}
