package dev.morphene.trials.bench;

import dev.morphene.coordinator.Coordinator;
import dev.morphene.coordinator.CoordinatorConfig;
import java.io.IOException;
import java.util.concurrent.ExecutionException;

/** A production coordinator in a process of its own, until standard input ends. */
public final class BenchCoordinator {
  private BenchCoordinator() {}

  /** Takes the addresses of Postgres and of the broker. */
  public static void main(String[] arguments)
      throws IOException, ExecutionException, InterruptedException {
    CoordinatorConfig config = CoordinatorConfig.of(arguments[0], arguments[1], 0);
    Coordinator coordinator = Coordinator.start(config).get();
    System.out.println(BenchProcess.READY);
    BenchProcess.awaitEndOfInput();
    coordinator.close();
  }
}
