package dev.morphene.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BrokerConfigTest {
  @Test
  void waitsLongerAfterEachFailureUpToALimit() {
    BrokerConfig config = BrokerConfig.of("amqp://localhost");
    assertThat(config.reconnectDelay(0)).isEqualTo(Duration.ofMillis(100));
    assertThat(config.reconnectDelay(3)).isEqualTo(Duration.ofMillis(800));
    assertThat(config.reconnectDelay(5)).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.reconnectDelay(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void refusesAnAddressThatIsNoBrokersWithoutRepeatingItsPassword() {
    assertThatThrownBy(() -> BrokerConfig.of("http://user:secret@localhost"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("amqp://")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> BrokerConfig.of("amqp://localhost", "a b"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(BrokerConfig.of("amqp://user:secret@localhost:5672").toString())
        .isEqualTo("amqp://localhost:5672");
  }
}
