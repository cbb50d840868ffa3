package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.archive.TensorData;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DataPathTest {

  @Test
  void batchesComeInOrderAndAreMadeBySeveralThreadsAtOnce() throws Exception {
    CountDownLatch bothAtWork = new CountDownLatch(2);
    Set<String> threads = new ConcurrentSkipListSet<>();
    try (BatchPrefetcher prefetcher =
        new BatchPrefetcher(
            step -> {
              threads.add(Thread.currentThread().getName());
              bothAtWork.countDown();
              try {
                // Only a second thread lets the first one go on.
                assertThat(bothAtWork.await(20, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return TensorData.scalar((float) step);
            },
            3,
            9,
            2)) {
      for (long step = 3; step < 9; step++) {
        assertThat(prefetcher.next()).isEqualTo(TensorData.scalar((float) step));
      }
    }
    assertThat(threads).containsExactly("rave-batches-1", "rave-batches-2");
  }

  @Test
  void theShareOfWaitingFollowsTheRecentSteps() {
    DataWait wait = new DataWait();
    assertThat(wait.share()).isZero();
    wait.add(900, 100);
    assertThat(wait.share()).isCloseTo(0.9, within(1e-9));
    for (int i = 0; i < 2_000; i++) {
      wait.add(1, 99);
    }
    assertThat(wait.share()).isCloseTo(0.01, within(1e-6));
  }
}
