package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolyphaseResamplerTest {
  private static final int SAMPLES = 4_000;

  private static float[] sine(double cyclesPerSample) {
    float[] samples = new float[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      samples[i] = (float) Math.sin(2 * Math.PI * cyclesPerSample * i);
    }
    return samples;
  }

  private static float[] resample(PolyphaseResampler resampler, float[] source) {
    float[] target = new float[resampler.outputSamples(source.length)];
    resampler.resample(source, 0, source.length, 0, target.length, target, 0);
    return target;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 3", "19, 16", "7, 10", "13, 10"})
  void aToneIsTheSameToneAtTheOtherRate(int up, int down) {
    PolyphaseResampler resampler = new PolyphaseResampler(up, down);
    float[] out = resample(resampler, sine(0.1));
    assertThat(out).hasSize(SAMPLES * up / down);
    for (int i = 100; i < out.length - 100; i++) {
      double expected = Math.sin(2 * Math.PI * 0.1 * i * down / up);
      assertThat(out[i]).isCloseTo((float) expected, within(2e-3f));
    }
  }

  @Test
  void whatTheLowerRateCannotHoldIsGone() {
    float[] out = resample(new PolyphaseResampler(1, 2), sine(0.35));
    for (int i = 100; i < out.length - 100; i++) {
      assertThat(Math.abs(out[i])).isLessThan(0.01f);
    }
  }

  @Test
  void aStretchIsAsInTheWhole() {
    PolyphaseResampler resampler = new PolyphaseResampler(13, 11);
    float[] source = sine(0.03);
    float[] whole = resample(resampler, source);
    float[] part = new float[510];
    resampler.resample(source, 0, source.length, 1_234, 500, part, 10);
    for (int i = 0; i < 500; i++) {
      assertThat(part[10 + i]).isEqualTo(whole[1_234 + i]);
    }
  }
}
