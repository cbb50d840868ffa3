package dev.morphene.broker;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;

/**
 * Against the RabbitMQ that {@code MORPHENE_AMQP_URI} names, or else the one on this machine's
 * usual port, if there is one.
 */
class RabbitBrokerContractTest extends BrokerContract {
  private static final String LOCAL = "amqp://guest:guest@127.0.0.1:5672";

  private static String uri;

  @BeforeAll
  static void find() throws Exception {
    Optional<String> named = Optional.ofNullable(System.getenv("MORPHENE_AMQP_URI"));
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(named.orElse(LOCAL));
    factory.setConnectionTimeout(20_000);
    factory.setAutomaticRecoveryEnabled(false);
    try (Connection connection = factory.newConnection("probe")) {
      uri = named.orElse(LOCAL);
    } catch (Exception cause) {
      if (named.isPresent()) {
        throw new IllegalStateException("MORPHENE_AMQP_URI is set, but nobody answers.", cause);
      }
      System.err.println(
          "*** SKIPPED: no RabbitMQ on 127.0.0.1:5672; the broker contract ran against the embedded"
              + " broker alone. Set MORPHENE_AMQP_URI to run it. ***");
      Assumptions.abort("No RabbitMQ: " + cause);
    }
  }

  @Override
  String uri() {
    return uri;
  }
}
