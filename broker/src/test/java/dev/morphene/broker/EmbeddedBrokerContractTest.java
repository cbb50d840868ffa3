package dev.morphene.broker;

import dev.morphene.embedded.EmbeddedBroker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class EmbeddedBrokerContractTest extends BrokerContract {
  private static EmbeddedBroker embedded;

  @BeforeAll
  static void start() {
    embedded = EmbeddedBroker.startTemporary(0);
  }

  @AfterAll
  static void stop() {
    embedded.close();
  }

  @Override
  String uri() {
    return embedded.amqpUri();
  }
}
