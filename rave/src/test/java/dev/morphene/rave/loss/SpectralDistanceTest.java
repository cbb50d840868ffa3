package dev.morphene.rave.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.torch.LossGradients;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reference values: two sines, 32,768 samples at 44.1 kHz, computed with the published formula. */
class SpectralDistanceTest {
  private static final int SAMPLES = 32_768;

  /** Drowns the logarithmic term, so that the linear one is left. */
  private static final double HUGE_EPSILON = 1e12;

  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 2);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  @ParameterizedTest
  @CsvSource({
    "2048, 0.051758",
    "1024, 0.045109",
    "512, 0.042634",
    "256, 0.041631",
    "128, 0.076236"
  })
  void theLinearTermOfEveryScaleIsTheReference(int scale, double expected) {
    assertThat(distance(List.of(scale), HUGE_EPSILON)).isCloseTo(expected, within(5e-7));
  }

  @Test
  void theWholeDistanceIsTheReferenceToOnePercent() {
    // Logarithms of magnitudes near 1e-7 are float noise; the reference itself says one percent.
    assertThat(distance(SpectralDistance.SCALES, 1e-7)).isCloseTo(3.9508, within(0.04));
  }

  @Test
  void equalSignalsHaveNoDistance() {
    try (TorchModule module = runtime.load(SpectralDistance.module(1e-7), true)) {
      ScriptValue x = sine(0.5, 440);
      assertThat(module.run("forward", false, x, x).asTensor().floats()[0]).isZero();
    }
  }

  /** A batch may be muted as a whole, and a loss that is no number ends a run. */
  @Test
  void silenceHasADistanceToSound() {
    try (TorchModule module = runtime.load(SpectralDistance.module(1e-7), true)) {
      ScriptValue silence = ScriptValue.of(TensorData.zeros(1, 1, SAMPLES));
      float distance = module.run("forward", false, silence, sine(0.5, 440)).asTensor().floats()[0];
      assertThat(distance).isFinite().isPositive();
      assertThat(module.run("forward", false, silence, silence).asTensor().floats()[0]).isZero();
    }
  }

  @Test
  void theGradientIsThatOfTheDistance() {
    Random random = new Random(5);
    float[] estimate = new float[2 * 300];
    for (int i = 0; i < estimate.length; i++) {
      estimate[i] = (float) random.nextGaussian();
    }
    LossGradients.check(
        runtime,
        ScriptModule.builder("__torch__.test.Distance")
            .child("distance", SpectralDistance.module(List.of(128, 64), 0.1))
            .methods(
                """
                def loss(self, x: Tensor) -> Tensor:
                  torch.manual_seed(1)
                  return self.distance.forward(torch.randn([1, 2, 300], dtype=7), x)
                """),
        TensorData.ofFloats(estimate, 1, 2, 300));
  }

  private static double distance(List<Integer> scales, double logEpsilon) {
    try (TorchModule module = runtime.load(SpectralDistance.module(scales, logEpsilon), true)) {
      return module.run("forward", false, sine(0.5, 440), sine(0.4, 441)).asTensor().floats()[0];
    }
  }

  private static ScriptValue sine(double amplitude, double frequencyHz) {
    float[] samples = new float[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      // Single precision throughout, as the reference was computed: its rounding noise is what most
      // bins hold, and so what the logarithms compare.
      float seconds = i / 44_100f;
      float phase = (float) (2 * Math.PI * frequencyHz) * seconds;
      samples[i] = (float) amplitude * (float) Math.sin(phase);
    }
    return ScriptValue.of(TensorData.ofFloats(samples, 1, 1, SAMPLES));
  }
}
