package dev.morphene.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.config.ClusterSettings;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PortInUseIT {
  @TempDir Path folder;

  @Test
  void aPortInUseIsNamedAndTheNextStartWorks() throws Exception {
    DataFolder data = DataFolder.open(folder.resolve("cluster"));
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> LocalCluster.start(data, settings(taken.getLocalPort())))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining(Integer.toString(taken.getLocalPort()))
          .hasMessageContaining("--http-port");
    }
    try (LocalCluster cluster = LocalCluster.start(data, settings(0))) {
      assertThat(cluster.address().getPort()).isPositive();
    }
  }

  private static ClusterSettings settings(int port) {
    return new ClusterSettings(Optional.empty(), Optional.empty(), "127.0.0.1", port);
  }
}
