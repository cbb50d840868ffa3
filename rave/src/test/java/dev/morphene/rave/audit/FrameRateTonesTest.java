package dev.morphene.rave.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameRateTonesTest {
  private static final int LATENT_FRAME = 512;

  private static float[] noise() {
    Random random = new Random(3);
    float[] samples = new float[81_920];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (0.1 * random.nextGaussian());
    }
    return samples;
  }

  private static float[] withPulses(int period, double height) {
    float[] samples = noise();
    for (int i = 0; i < samples.length; i += period) {
      samples[i] += (float) height;
    }
    return samples;
  }

  @Test
  void noiseHasNone() {
    assertThat(FrameRateTones.decibels(noise(), LATENT_FRAME)).isCloseTo(0, within(0.5));
  }

  @Test
  void whatRepeatsInEveryFrameStandsOut() {
    double soft = FrameRateTones.decibels(withPulses(LATENT_FRAME, 3), LATENT_FRAME);
    double loud = FrameRateTones.decibels(withPulses(LATENT_FRAME, 30), LATENT_FRAME);
    assertThat(soft).isGreaterThan(10);
    // Ten times the height is 20 dB, where the noise between does not count any more.
    assertThat(loud).isBetween(soft + 17, soft + 20.5);
  }

  @Test
  void whatRepeatsOtherwiseDoesNot() {
    assertThat(FrameRateTones.decibels(withPulses(487, 3), LATENT_FRAME)).isCloseTo(0, within(2.0));
  }
}
