package dev.morphene.rave.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.rave.process.JobFailure;
import org.junit.jupiter.api.Test;

class LatentSizeTest {
  private static final float[] CUMULATIVE = {0.5f, 0.8f, 0.9f, 0.95f, 0.97f, 0.99f, 0.995f, 1f};

  @Test
  void theSmallestNumberThatReachesTheFidelityIsRoundedUpToAPowerOfTwo() {
    assertThat(LatentSize.forFidelity(CUMULATIVE, 0.1)).isEqualTo(1);
    assertThat(LatentSize.forFidelity(CUMULATIVE, 0.5)).isEqualTo(1);
    assertThat(LatentSize.forFidelity(CUMULATIVE, 0.51)).isEqualTo(2);
    assertThat(LatentSize.forFidelity(CUMULATIVE, 0.85)).isEqualTo(4);
    assertThat(LatentSize.forFidelity(CUMULATIVE, 0.94)).isEqualTo(4);
    assertThat(LatentSize.forFidelity(CUMULATIVE, 0.96)).isEqualTo(8);
  }

  @Test
  void nothingMeasuredKeepsEveryDimension() {
    assertThat(LatentSize.forFidelity(new float[128], 0.95)).isEqualTo(128);
    assertThat(LatentSize.forFidelity(new float[6], 0.95)).isEqualTo(6);
  }

  @Test
  void aFidelityOutOfRangeIsRefused() {
    for (double fidelity : new double[] {0.09, 1, Double.NaN}) {
      assertThatThrownBy(() -> LatentSize.forFidelity(CUMULATIVE, fidelity))
          .isInstanceOf(JobFailure.class)
          .hasMessageContaining("0.1 to 0.999");
    }
  }
}
