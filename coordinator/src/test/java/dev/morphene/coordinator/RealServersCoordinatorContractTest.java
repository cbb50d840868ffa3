package dev.morphene.coordinator;

import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** On a PostgreSQL and a RabbitMQ that run already, where there are some. */
class RealServersCoordinatorContractTest extends CoordinatorContract {
  @Override
  TestServers servers() {
    Optional<TestServers> real = TestServers.real();
    Assumptions.assumeTrue(real.isPresent(), "No PostgreSQL and RabbitMQ.");
    return real.get();
  }
}
