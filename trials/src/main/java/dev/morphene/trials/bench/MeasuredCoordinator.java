package dev.morphene.trials.bench;

import dev.morphene.coordinator.Coordinator;
import dev.morphene.coordinator.CoordinatorConfig;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.concurrent.CountDownLatch;

/**
 * The main class of a coordinator in a process of its own. Its arguments are the database, the
 * broker and the HTTP port. Told to end, it prints the most heap that it used.
 */
public final class MeasuredCoordinator {
  static final String HEAP_PEAK = "Heap peak in bytes: ";

  private MeasuredCoordinator() {}

  public static void main(String[] arguments) throws InterruptedException {
    CoordinatorConfig config =
        CoordinatorConfig.of(arguments[0], arguments[1], Integer.parseInt(arguments[2]));
    Coordinator coordinator = Coordinator.start(config).join();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  System.out.println(HEAP_PEAK + heapPeakBytes());
                  coordinator.close();
                },
                "coordinator-end"));
    new CountDownLatch(1).await();
  }

  /** Of the pools' peaks, which need not have been at one time: the heap's own was no higher. */
  private static long heapPeakBytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(MeasuredCoordinator::peakBytes)
        .sum();
  }

  private static long peakBytes(MemoryPoolMXBean pool) {
    return pool.getPeakUsage().getUsed();
  }
}
