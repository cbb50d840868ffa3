package dev.morphene.rave.loss;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.provider.ValueSource;

class AdversarialLossesTest {
  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 2);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  private static ScriptModule.Builder losses(int skipped, boolean relative) {
    return ScriptModule.builder("__torch__.test.Losses")
        .methods(AdversarialLosses.methods(skipped, relative));
  }

  /** Two discriminators of three features each; the last is the score. */
  private static List<Double> onConstants(int skipped, boolean relative) {
    ScriptModule root =
        losses(skipped, relative)
            .methods(
                """
                def on_constants(self) -> List[float]:
                  real = [[torch.full([2], 5.), torch.full([2], 2.), torch.full([2], 0.25)],
                          [torch.full([2], 1.), torch.full([2], 4.), torch.full([2], 2.)]]
                  fake = [[torch.full([2], 9.), torch.full([2], 1.), torch.full([2], -0.5)],
                          [torch.full([2], 1.), torch.full([2], 5.), torch.full([2], 0.5)]]
                  return [float(self.hinge_discriminator(real, fake)), float(self.hinge_generator(fake)), float(self.feature_matching(real, fake)), float(self.feature_matching(real, real))]
                """)
            .build();
    try (TorchModule module = runtime.load(root, true)) {
      return module.run("on_constants", false).asList().stream()
          .map(ScriptValue::asDouble)
          .toList();
    }
  }

  @Test
  void theHingeIsSummedOverDiscriminators() {
    List<Double> losses = onConstants(0, true);
    // First relu(1 - 0.25) + relu(1 - 0.5), second relu(1 - 2) + relu(1 + 0.5).
    assertThat(losses.get(0)).isEqualTo(1.25 + 1.5);
    assertThat(losses.get(1)).isEqualTo(0.5 - 0.5);
  }

  @ParameterizedTest
  @CsvSource({
    // Differences 4, 1, 0.75 of 5, 2, 0.25 and 0, 1, 1.5 of 1, 4, 2.
    "0, false, 1.375",
    "1, false, 1.0625",
    "2, false, 1.125",
    "0, true, 0.8833333",
    "1, true, 1.125",
    "2, true, 1.875"
  })
  void featuresAreMatchedAsConfigured(int skipped, boolean relative, double expected) {
    List<Double> losses = onConstants(skipped, relative);
    assertThat(losses.get(2)).isCloseTo(expected, org.assertj.core.api.Assertions.within(1e-6));
    assertThat(losses.get(3)).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theGradientOfMatchingIsRight(boolean relative) {
    LossGradients.check(
        runtime,
        losses(0, relative)
            .methods(
                """
                def loss(self, x: Tensor) -> Tensor:
                  real = [[torch.full([40], 5.), torch.linspace(-3., 3., 40)], [torch.full([40], 2.), torch.full([40], -1.)]]
                  fake = [[x, 2. * x], [torch.sigmoid(x), torch.exp(x)]]
                  return self.feature_matching(real, fake)
                """),
        values(40));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hinge_discriminator([[x], [2. * x]], [[-x], [x + 0.1]])",
        "hinge_generator([[x], [x * x]])"
      })
  void theGradientOfTheHingeIsRight(String loss) {
    LossGradients.check(
        runtime,
        losses(0, true)
            .methods("def loss(self, x: Tensor) -> Tensor:\n  return self." + loss + "\n"),
        values(40));
  }

  private static TensorData values(int count) {
    Random random = new Random(3);
    float[] data = new float[count];
    for (int i = 0; i < count; i++) {
      data[i] = (float) random.nextGaussian();
    }
    return TensorData.ofFloats(data, count);
  }
}
