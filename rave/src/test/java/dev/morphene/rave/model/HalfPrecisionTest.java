package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.process.Precision;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values and gradients of the training form in bf16 beside those in fp32. */
class HalfPrecisionTest {
  /** The output, then the gradient of a random projection of it for every parameter. */
  private static final String GRADIENTS =
      """
      def gradients(self, x: Tensor) -> List[Tensor]:
        torch.manual_seed(3)
        y = self.block.forward(x)
        projection = torch.randn_like(torch.detach(y))
        found = annotate(List[Tensor], [torch.detach(y)])
        for gradient in torch.grad([torch.sum(torch.mul(y, projection))], self.parameter_list()):
          found.append(torch._unwrap_optional(gradient))
        return found
      """;

  /** Below it one value that cancels out turns the whole vector. */
  private static final int LEAST_VALUES = 48;

  /** The least seen is 0.986; a gradient that lost its way would be near 0. */
  private static final double LEAST_COSINE = 0.97;

  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 2);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  private static List<TensorData> gradients(ScriptModule block, TensorData x, boolean training) {
    ScriptModule root =
        ScriptModule.builder("__torch__.test.Gradients")
            .child("block", block)
            .methods(GRADIENTS)
            .build();
    try (TorchModule module = runtime.load(root, true)) {
      module.setTraining(training);
      return module.run("gradients", true, ScriptValue.of(x)).asList().stream()
          .map(ScriptValue::asTensor)
          .toList();
    }
  }

  private static void assertNear(ScriptModule full, ScriptModule half, TensorData x) {
    assertThat(gradients(half, x, false)).isEqualTo(gradients(full, x, false));
    List<TensorData> expected = gradients(full, x, true);
    List<TensorData> found = gradients(half, x, true);
    assertThat(found).hasSameSizeAs(expected).isNotEqualTo(expected);
    assertThat(expected).hasSizeGreaterThan(10);
    for (int i = 0; i < expected.size(); i++) {
      if (expected.get(i).floats().length < LEAST_VALUES) {
        continue;
      }
      assertThat(cosine(expected.get(i).floats(), found.get(i).floats()))
          .as("variable %d", i)
          .isGreaterThan(LEAST_COSINE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2", "v3"})
  void encodersDifferByRounding(String preset) {
    ModelWeights weights = LivelyWeights.of(SmallConfigs.narrow(preset, 4), 4);
    assertNear(
        RaveNetwork.forTraining(weights, Precision.FP32).encoder(),
        RaveNetwork.forTraining(weights, Precision.BF16).encoder(),
        LivelyWeights.noise(5, 1, 16, 512));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2", "v3", "v2_small+causal"})
  void decodersDifferByRounding(String preset) {
    ModelWeights weights = LivelyWeights.of(SmallConfigs.narrow(preset, 4), 4);
    assertNear(
        RaveNetwork.forTraining(weights, Precision.FP32).decoder(),
        RaveNetwork.forTraining(weights, Precision.BF16).decoder(),
        LivelyWeights.noise(5, 1, weights.config().latentSize(), 16));
  }

  private static double cosine(float[] a, float[] b) {
    double product = 0;
    double aSquared = 0;
    double bSquared = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      aSquared += (double) a[i] * a[i];
      bSquared += (double) b[i] * b[i];
    }
    return product / Math.sqrt(aSquared * bSquared);
  }
}
