package dev.morphene.trials.fault;

import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two seeds, or the one named by {@code -Dmorphene.trial.seed=N}; one after the other, because two
 * clusters on two cores are a trial of the machine.
 */
class FaultIT {
  static LongStream seeds() {
    Long named = Long.getLong("morphene.trial.seed");
    return named == null ? LongStream.of(1, 2) : LongStream.of(named);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  @Timeout(1_200)
  void everyPromiseIsKept(long seed) throws Exception {
    check(seed);
  }

  static void check(long seed) throws Exception {
    FaultTrial.Outcome outcome = FaultTrial.run(seed, Path.of("target", "trials", "seed-" + seed));
    if (!outcome.violations().isEmpty()) {
      fail(outcome.explanation());
    }
  }
}
