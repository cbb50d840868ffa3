package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompanderTest {
  private static final int RATE_HZ = 48_000;

  private static double decibels(double level) {
    return 20 * Math.log10(level);
  }

  private static double level(double decibels) {
    return Math.pow(10, decibels / 20);
  }

  /** Lines from (−40, amount) to (0, 0); below −40 the gain stays. */
  @ParameterizedTest
  @CsvSource({
    "-20, -40, -20",
    "-20, -20, -10",
    "-20, 0, 0",
    "-20, -60, -40",
    "-60, -40, -60",
    "-60, -20, -30",
    "-60, -50, -70",
    "-40, -20, -20",
    "0, -40, 0"
  })
  void theStaticCurveIsOfStraightLines(double amount, double input, double output) {
    Compander compander = new Compander(RATE_HZ, 0.1, 0.1, -40, amount);
    assertThat(input + decibels(compander.gain(level(input)))).isCloseTo(output, within(1e-6));
  }

  @Test
  void aConstantLevelEndsAtTheCurve() {
    float[] samples = new float[2 * RATE_HZ];
    Arrays.fill(samples, (float) level(-20));
    new Compander(RATE_HZ, 0.1, 0.1, -40, -20).apply(samples, 0, 1, samples.length);
    assertThat(decibels(samples[samples.length - 1])).isCloseTo(-10, within(0.01));
  }

  @Test
  void aFallIsFollowedWithTheDecayAndARiseWithTheAttack() {
    float[] samples = new float[3 * RATE_HZ];
    Arrays.fill(samples, 0, RATE_HZ, 1f);
    Arrays.fill(samples, RATE_HZ, 2 * RATE_HZ, 0.1f);
    Arrays.fill(samples, 2 * RATE_HZ, 3 * RATE_HZ, 1f);
    new Compander(RATE_HZ, 0.05, 0.2, -40, -20).apply(samples, 0, 1, samples.length);
    // The gain is envelope^(−1/2); after one time constant 63 % of the way are done.
    double fallen = 0.1 + 0.9 * Math.exp(-1);
    assertThat(samples[RATE_HZ + RATE_HZ / 5] / 0.1).isCloseTo(1 / Math.sqrt(fallen), within(1e-3));
    double low = 0.1 + 0.9 * Math.exp(-5);
    double risen = 1 - (1 - low) * Math.exp(-1);
    // At full scale already, so the overshoot is cut off.
    assertThat(samples[2 * RATE_HZ + RATE_HZ / 20]).isEqualTo(1f);
    float[] quieter = new float[2 * RATE_HZ];
    Arrays.fill(quieter, 0, RATE_HZ, 0.01f);
    Arrays.fill(quieter, RATE_HZ, 2 * RATE_HZ, 0.1f);
    new Compander(RATE_HZ, 0.05, 0.05, -40, -20).apply(quieter, 0, 1, quieter.length);
    double level = 0.1 - 0.09 * Math.exp(-1);
    assertThat(quieter[RATE_HZ + RATE_HZ / 20] / 0.1).isCloseTo(1 / Math.sqrt(level), within(1e-2));
    assertThat(risen).isLessThan(1);
  }

  @Test
  void channelsShareTheLoudersEnvelope() {
    float[] samples = new float[2 * RATE_HZ];
    Arrays.fill(samples, 0, RATE_HZ, 0.1f);
    Arrays.fill(samples, RATE_HZ, 2 * RATE_HZ, 0.01f);
    new Compander(RATE_HZ, 0.1, 0.1, -40, -20).apply(samples, 0, 2, RATE_HZ);
    assertThat(samples[RATE_HZ - 1] / samples[2 * RATE_HZ - 1]).isCloseTo(10f, within(1e-3f));
  }
}
