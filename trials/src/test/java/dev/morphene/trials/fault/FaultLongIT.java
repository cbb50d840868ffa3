package dev.morphene.trials.fault;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Twenty seeds, about 40 minutes. */
class FaultLongIT {
  static LongStream seeds() {
    return LongStream.rangeClosed(101, 120);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  @Timeout(1_200)
  void everyPromiseIsKept(long seed) throws Exception {
    FaultIT.check(seed);
  }
}
