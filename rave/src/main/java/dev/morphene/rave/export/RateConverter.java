package dev.morphene.rave.export;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.Form;
import dev.morphene.rave.model.StreamingCache;

/**
 * Prints the module between a host that runs at a multiple of the model's rate and the model: a
 * windowed sinc (Kaiser, about 80 dB down in the stop band), as one convolution each way.
 *
 * <p>{@code down(x)} takes (batch, channels, factor·n) and gives (batch, channels, n), {@code up}
 * the other way. In the streaming form each is late by {@link #delaySamples}.
 */
final class RateConverter {
  /** Model samples on each side of the filter's middle. */
  private static final int REACH = 32;

  /** Kaiser's window for 80 dB. */
  private static final double BETA = 7.857;

  private RateConverter() {}

  /** Of each direction in streaming, in host samples. */
  static int delaySamples(int factor) {
    return factor == 1 ? 0 : REACH * factor;
  }

  static ScriptModule module(Form form, int factor, int channels, int outputChannels) {
    int half = REACH * factor;
    boolean streaming = form == Form.STREAMING;
    ScriptModule.Builder builder =
        ScriptModule.builder("__torch__.morphene.rave.RateConverter_" + factor)
            .buffer("_down", TensorData.ofFloats(taps(factor), 1, 1, 2L * half + 1))
            .buffer("_up", phases(factor));
    if (streaming) {
      builder
          .buffer("down_cache", StreamingCache.silent(channels, 1, 2 * half))
          .buffer("up_cache", StreamingCache.silent(outputChannels, 1, 2 * REACH));
    }
    return builder
        .methods(
            """
            def down(self, audio: Tensor) -> Tensor:
              batch = torch.size(audio, 0)
              channels = torch.size(audio, 1)
              x = torch.reshape(audio, [batch * channels, 1, -1])
            %1$s  x = torch.conv1d(x, self._down, None, [%3$d], [%4$d], [1], 1)
              return torch.reshape(x, [batch, channels, -1])
            def up(self, audio: Tensor) -> Tensor:
              batch = torch.size(audio, 0)
              channels = torch.size(audio, 1)
              x = torch.reshape(audio, [batch * channels, 1, -1])
            %2$s  x = torch.conv1d(x, self._up, None, [1], [%5$d], [1], 1)
              return torch.reshape(torch.transpose(x, 1, 2), [batch, channels, -1])
            """
                .formatted(
                    streaming ? StreamingCache.joinPast("down_cache", 2 * half) : "",
                    streaming ? StreamingCache.joinPast("up_cache", 2 * REACH) : "",
                    factor,
                    streaming ? 0 : half,
                    streaming ? 0 : REACH))
        .build();
  }

  /** Low-pass at the model's Nyquist frequency, sum 1. */
  private static float[] taps(int factor) {
    int half = REACH * factor;
    double[] exact = new double[2 * half + 1];
    double sum = 0;
    for (int i = 0; i < exact.length; i++) {
      double t = (i - half) / (double) factor;
      double sinc = i == half ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
      double place = (i - half) / (double) half;
      exact[i] = sinc * bessel(BETA * Math.sqrt(1 - place * place)) / bessel(BETA);
      sum += exact[i];
    }
    float[] taps = new float[exact.length];
    for (int i = 0; i < taps.length; i++) {
      taps[i] = (float) (exact[i] / sum);
    }
    return taps;
  }

  /** The same filter for the samples between: (factor, 1, 2·reach + 1). */
  private static TensorData phases(int factor) {
    float[] taps = taps(factor);
    int window = 2 * REACH + 1;
    float[] phases = new float[factor * window];
    for (int phase = 0; phase < factor; phase++) {
      for (int i = 0; i < window; i++) {
        int tap = phase + factor * (window - 1 - i);
        phases[phase * window + i] = tap < taps.length ? factor * taps[tap] : 0;
      }
    }
    return TensorData.ofFloats(phases, factor, 1, window);
  }

  /** Modified Bessel function of the first kind, order 0, by its series. */
  private static double bessel(double x) {
    double term = 1;
    double sum = 1;
    for (int k = 1; term > 1e-12 * sum; k++) {
      term *= x * x / (4.0 * k * k);
      sum += term;
    }
    return sum;
  }
}
