package dev.morphene.coordinator;

class EmbeddedCoordinatorContractTest extends CoordinatorContract {
  @Override
  TestServers servers() {
    return TestServers.embedded();
  }
}
