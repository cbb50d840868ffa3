package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.torch.LossGradients;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WassersteinLatentTest {
  private static final RaveConfig CONFIG = RaveConfig.preset("tiny+wasserstein", 44_100);

  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 2);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  @Test
  void theDiscrepancyFollowsItsFormula() {
    // Two frames each of D = 16 channels, so that it can be written out.
    double[][] x = new double[2][16];
    double[][] y = new double[2][16];
    float[] flatX = new float[32];
    float[] flatY = new float[32];
    for (int i = 0; i < 32; i++) {
      x[i / 16][i % 16] = flatX[i] = (float) Math.sin(3 * i);
      y[i / 16][i % 16] = flatY[i] = (float) Math.cos(5 * i) * 4;
    }
    double expected = kernel(x, x) + kernel(y, y) - 2 * kernel(x, y);
    try (TorchModule module =
        runtime.load(
            Latents.encoder(CONFIG)
                .methods(
                    """
                    def discrepancy(self, x: Tensor, y: Tensor) -> float:
                      return float(self.encoder.discrepancy(x, y))
                    """)
                .build(),
            true)) {
      double found =
          module
              .run(
                  "discrepancy",
                  false,
                  ScriptValue.of(TensorData.ofFloats(flatX, 2, 16)),
                  ScriptValue.of(TensorData.ofFloats(flatY, 2, 16)))
              .asDouble();
      assertThat(found).isCloseTo(expected, within(1e-6));
    }
  }

  private static double kernel(double[][] a, double[][] b) {
    double sum = 0;
    for (double[] one : a) {
      for (double[] other : b) {
        double squares = 0;
        for (int d = 0; d < one.length; d++) {
          squares += (one[d] - other[d]) * (one[d] - other[d]);
        }
        sum += Math.exp(-squares / one.length / one.length);
      }
    }
    return sum / (a.length * b.length);
  }

  @Test
  void normalFramesHardlyDifferAndShiftedOnesDo() {
    try (TorchModule module = runtime.load(Latents.encoder(CONFIG).build(), true)) {
      double near = regulariser(module, 0);
      // Both samples contain themselves: about 2 / 1024 frames of the kernel's 1 - 0.88 is left.
      assertThat(near).isBetween(0.0, 1e-3);
      assertThat(regulariser(module, 1)).isGreaterThan(20 * near);
      assertThat(regulariser(module, 3)).isGreaterThan(5 * regulariser(module, 1));
    }
  }

  private static double regulariser(TorchModule module, double shift) {
    runtime.seed(5);
    return module
        .run("regulariser", false, ScriptValue.of(Latents.normal(2, shift, 4, 16, 256)))
        .asDouble();
  }

  @Test
  void theLatentIsTheEncodersOutputAndNoiseChannelsFollowIt() {
    try (TorchModule module = runtime.load(Latents.encoder(CONFIG).build(), true)) {
      TensorData raw = Latents.normal(2, 0, 2, 16, 50);
      assertThat(module.run("mean", false, ScriptValue.of(raw)).asTensor()).isEqualTo(raw);
      assertThat(module.run("sample", false, ScriptValue.of(raw)).asTensor()).isEqualTo(raw);
      assertThat(module.run("deviation", false, ScriptValue.of(raw)).asTensor().floats())
          .containsOnly(0f);
      TensorData completed = module.run("complete", false, ScriptValue.of(raw)).asTensor();
      assertThat(completed.shape()).containsExactly(2, 16 + 128, 50);
      float[] values = completed.floats();
      assertThat(Arrays.copyOf(values, 16 * 50)).isEqualTo(Arrays.copyOf(raw.floats(), 16 * 50));
      double squares = 0;
      for (int i = 16 * 50; i < 144 * 50; i++) {
        squares += values[i] * values[i];
      }
      // 6,400 squares of unit normals, whose mean is 1 ± 0.018.
      assertThat(squares / 6_400).isCloseTo(1, within(0.1));
      TensorData again = module.run("complete", false, ScriptValue.of(raw)).asTensor();
      assertThat(again).isNotEqualTo(completed);
    }
  }

  @Test
  void theGradientIsThatOfTheDiscrepancy() {
    LossGradients.check(
        runtime,
        Latents.encoder(CONFIG)
            .methods(
                """
                def loss(self, x: Tensor) -> Tensor:
                  torch.manual_seed(3)
                  return self.encoder.sample(x)[1]
                """),
        Latents.normal(4, 0.5, 2, 16, 6));
  }
}
