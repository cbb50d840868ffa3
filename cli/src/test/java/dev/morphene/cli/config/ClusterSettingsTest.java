package dev.morphene.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.cli.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterSettingsTest {
  @TempDir Path folder;

  @Test
  void defaultsAreALoopbackCoordinatorAndNoServers() {
    ClusterSettings settings = ClusterSettings.read(Map.of(), Map.of(), Optional.empty());
    assertThat(settings)
        .isEqualTo(new ClusterSettings(Optional.empty(), Optional.empty(), "127.0.0.1", 8080));
    assertThatThrownBy(settings::requireAmqpUri)
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("MORPHENE_AMQP_URI");
  }

  @Test
  void aFlagBeatsTheEnvironmentWhichBeatsTheFile() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("morphene.properties"),
            "amqp.uri=amqp://file\npostgres.uri=postgresql://file/db\nhttp.port=1\n");
    ClusterSettings settings =
        ClusterSettings.read(
            Map.of("http.port", "3"),
            Map.of("MORPHENE_AMQP_URI", "amqp://environment", "MORPHENE_HTTP_PORT", "2"),
            Optional.of(file));
    assertThat(settings.amqpUri()).contains("amqp://environment");
    assertThat(settings.postgresUri()).contains("postgresql://file/db");
    assertThat(settings.httpPort()).isEqualTo(3);
  }

  @Test
  void allProblemsAreToldAtOnceAndNoPasswordIsRepeated() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("morphene.properties"), "amqp.url=x\npostgres.uri=mysql://u:secret@h\n");
    assertThatThrownBy(
            () -> ClusterSettings.read(Map.of("http.port", "high"), Map.of(), Optional.of(file)))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("unknown key \"amqp.url\"")
        .hasMessageContaining("\"postgres.uri\" must start with postgresql://")
        .hasMessageContaining("not \"high\"")
        .hasMessageNotContaining("secret");
  }
}
