package dev.morphene.rave.discriminator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.loss.AdversarialLosses;
import dev.morphene.rave.model.DiscriminatorConfig;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiscriminatorModuleTest {

  @ParameterizedTest
  @CsvSource({"v2, 1, 27130952", "v2_small, 1, 6791720", "v2, 2, 27137672"})
  void parametersAreAsManyAsInOfficialCheckpoints(String preset, int channels, long expected) {
    assertThat(
            module(preset, channels).stateDict().values().stream()
                .mapToLong(TensorData::elementCount)
                .sum())
        .isEqualTo(expected);
  }

  @Test
  void namesAndShapesAreThoseOfOfficialCheckpoints() {
    Map<String, TensorData> state = module("v2", 1).stateDict();
    assertThat(state).hasSize(112);
    assertThat(shape(state, "discriminators.0.layers.4.net.0.weight_v"))
        .containsExactly(96, 1, 5, 1);
    assertThat(shape(state, "discriminators.0.layers.0.net.6.weight_g"))
        .containsExactly(768, 1, 1, 1);
    assertThat(shape(state, "discriminators.0.layers.0.net.8.weight"))
        .containsExactly(1, 768, 1, 1);
    assertThat(shape(state, "discriminators.1.layers.2.net.2.weight_v"))
        .containsExactly(192, 96, 15);
    assertThat(shape(state, "discriminators.1.layers.2.net.8.bias")).containsExactly(1);
    assertThat(module("v2", 1).parameterPaths().subList(0, 4))
        .containsExactly(
            "discriminators.0.layers.0.net.0.bias",
            "discriminators.0.layers.0.net.0.weight_g",
            "discriminators.0.layers.0.net.0.weight_v",
            "discriminators.0.layers.0.net.2.bias");
  }

  @Test
  void lossesOverItsFeaturesFollowTheirFormulas() {
    DiscriminatorConfig config = new DiscriminatorConfig(2, List.of(2, 3), 2);
    ScriptModule root =
        ScriptModule.builder("__torch__.test.Root")
            .child("discriminator", DiscriminatorModule.module(config, 1, new Random(1)))
            .methods(AdversarialLosses.methods(1))
            .methods(
                """
                def shapes(self, x: Tensor) -> List[List[int]]:
                  found = annotate(List[List[int]], [])
                  for features in self.discriminator.forward(x):
                    for feature in features:
                      found.append(feature.size())
                  return found
                def on_constants(self) -> List[float]:
                  real = [[torch.full([2], 5.), torch.full([2], 2.), torch.full([2], 0.25)]]
                  fake = [[torch.full([2], 9.), torch.full([2], 1.), torch.full([2], -0.5)]]
                  return [float(self.hinge_discriminator(real, fake)), float(self.hinge_generator(fake)), float(self.feature_matching(real, fake))]
                def matching_itself(self, x: Tensor) -> float:
                  features = self.discriminator.forward(x)
                  return float(self.feature_matching(features, features))
                """)
            .build();
    try (TorchRuntime runtime = TorchRuntime.open("cpu", 2);
        TorchModule module = runtime.load(root, true)) {
      ScriptValue x = ScriptValue.of(TensorData.ofFloats(noise(2 * 1024), 2, 1, 1024));
      List<ScriptValue> shapes = module.run("shapes", false, x).asList();
      assertThat(shapes).hasSize(4 * 5);
      assertThat(longs(shapes.get(0))).containsExactly(2L, 2L, 128L, 2L);
      // 1024 is padded to 1026 = 3 * 342, and 342 becomes 86 with stride 4.
      assertThat(longs(shapes.get(5))).containsExactly(2L, 2L, 86L, 3L);
      assertThat(longs(shapes.get(10))).containsExactly(2L, 2L, 256L);
      assertThat(longs(shapes.get(19))).containsExactly(2L, 1L, 2L);
      List<ScriptValue> losses = module.run("on_constants", false).asList();
      // relu(1 - 0.25) + relu(1 - 0.5); then 0.5; then the mean of |2 - 1| / 2 and 0.75 / 0.25.
      assertThat(losses).extracting(ScriptValue::asDouble).containsExactly(1.25, 0.5, 1.75);
      assertThat(module.run("matching_itself", false, x).asDouble()).isZero();
    }
  }

  private static ScriptModule module(String preset, int channels) {
    return DiscriminatorModule.module(
        RaveConfig.preset(preset, 48_000).discriminator(), channels, new Random(1));
  }

  private static long[] shape(Map<String, TensorData> state, String name) {
    return state.get(name).shape();
  }

  private static List<Long> longs(ScriptValue value) {
    return value.asList().stream().map(ScriptValue::asLong).toList();
  }

  private static float[] noise(int count) {
    Random random = new Random(7);
    float[] samples = new float[count];
    for (int i = 0; i < count; i++) {
      samples[i] = (float) random.nextGaussian();
    }
    return samples;
  }
}
