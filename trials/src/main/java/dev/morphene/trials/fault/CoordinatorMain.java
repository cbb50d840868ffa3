package dev.morphene.trials.fault;

import dev.morphene.coordinator.Coordinator;
import dev.morphene.coordinator.CoordinatorConfig;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;

/** One coordinator, with the times of production: {@code POSTGRES_URI AMQP_URI HTTP_PORT}. */
public final class CoordinatorMain {
  private CoordinatorMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    ParentWatch.start();
    try {
      Coordinator coordinator =
          Coordinator.start(
                  CoordinatorConfig.of(arguments[0], arguments[1], Integer.parseInt(arguments[2])))
              .join();
      Runtime.getRuntime().addShutdownHook(new Thread(coordinator::close, "coordinator-end"));
    } catch (CompletionException failure) {
      System.err.println(failure.getCause());
      Runtime.getRuntime().halt(1);
    }
    new CountDownLatch(1).await();
  }
}
