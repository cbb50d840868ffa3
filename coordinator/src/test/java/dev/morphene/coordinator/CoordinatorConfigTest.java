package dev.morphene.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CoordinatorConfigTest {
  @Test
  void reportsEveryProblemAtOnceAndNoPassword() {
    ConfigurationProblems problems =
        catchThrowableOfType(
            ConfigurationProblems.class,
            () ->
                new CoordinatorConfig(
                    "mysql://user:secret@host/db",
                    "http://user:secret@host",
                    "a b",
                    "",
                    70_000,
                    Duration.ZERO,
                    null,
                    Duration.ofHours(1),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(1),
                    0,
                    Duration.ofHours(23),
                    Optional.empty()));
    assertThat(problems.problems()).hasSize(10);
    assertThat(problems.getMessage()).doesNotContain("secret");
  }

  @Test
  void showsItselfWithoutPasswords() {
    CoordinatorConfig config =
        CoordinatorConfig.of("postgresql://u:secret@db:5432/m", "amqp://u:secret@mq:5672", 8080);
    assertThat(config.toString()).contains("db:5432/m", "mq:5672").doesNotContain("secret");
    assertThat(config.lease()).isEqualTo(Duration.ofSeconds(20));
    assertThat(config.httpHost()).isEqualTo("127.0.0.1");
  }
}
