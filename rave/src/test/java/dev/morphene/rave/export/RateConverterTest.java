package dev.morphene.rave.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.Form;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateConverterTest {
  private static final int FRAMES = 400;
  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 1);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  /** Cycles per sample of the model. */
  private static float[] sine(double frequency, int factor) {
    float[] samples = new float[FRAMES * factor];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) Math.sin(2 * Math.PI * frequency * i / factor);
    }
    return samples;
  }

  private static float[] call(TorchModule module, String method, float[] samples) {
    TensorData input = TensorData.ofFloats(samples, 1, 1, samples.length);
    return module.run(method, false, ScriptValue.of(input)).asTensor().floats();
  }

  private static TorchModule load(Form form, int factor) {
    return runtime.load(RateConverter.module(form, factor, 1, 1), false);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 8})
  void whatTheModelCanHearComesThroughAndTheRestDoesNot(int factor) {
    try (TorchModule module = load(Form.OFFLINE, factor)) {
      float[] heard = call(module, "down", sine(0.4, factor));
      float[] wanted = sine(0.4, 1);
      float[] raised = call(module, "up", wanted);
      float[] high = sine(0.4, factor);
      for (int i = 100; i < FRAMES - 100; i++) {
        assertThat(heard[i]).isCloseTo(wanted[i], within(1e-3f));
        assertThat(raised[i * factor + 1]).isCloseTo(high[i * factor + 1], within(1e-3f));
      }
      float[] alias = call(module, "down", sine(0.6, factor));
      float[] middle = Arrays.copyOfRange(alias, 100, FRAMES - 100);
      for (float value : middle) {
        assertThat(value).isCloseTo(0, within(2e-3f));
      }
    }
  }

  @Test
  void streamingIsTheSameLater() {
    int factor = 2;
    int delay = RateConverter.delaySamples(factor);
    float[] high = ExportFixture.noise(5, FRAMES * factor);
    float[] low = ExportFixture.noise(6, FRAMES);
    // What rings before the first sample is cut off offline, and heard in a stream.
    Arrays.fill(low, 0, delay, 0);
    try (TorchModule offline = load(Form.OFFLINE, factor);
        TorchModule streaming = load(Form.STREAMING, factor)) {
      float[] late = new float[high.length];
      System.arraycopy(high, 0, late, delay, high.length - delay);
      float[] down = call(offline, "down", late);
      float[] up = call(offline, "up", low);
      int block = 50;
      for (int start = 0; start < FRAMES - block; start += block) {
        float[] got =
            call(
                streaming,
                "down",
                Arrays.copyOfRange(high, start * factor, (start + block) * factor));
        assertThat(got)
            .containsExactly(Arrays.copyOfRange(down, start, start + block), within(1e-5f));
        float[] raised = call(streaming, "up", Arrays.copyOfRange(low, start, start + block));
        for (int i = 0; i < raised.length; i++) {
          int source = start * factor + i - delay;
          assertThat(raised[i]).isCloseTo(source < 0 ? 0 : up[source], within(1e-5f));
        }
      }
    }
  }
}
