package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelWeightsTest {
  private static final RaveConfig TINY = RaveConfig.preset("tiny", 44_100);

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v2_small"})
  void theTrainingNetworkHasTheOfficialStateDict(String name) throws IOException {
    ModelWeights weights = ModelWeights.initial(RaveConfig.preset(name, 44_100), 1);
    RaveNetwork network = RaveNetwork.of(weights, Form.TRAINING);
    ScriptModule root =
        ScriptModule.builder("__torch__.test.Root")
            .child("pqmf", network.pqmf())
            .child("encoder", network.encoder())
            .child("decoder", network.decoder())
            .build();
    Map<String, String> found = new TreeMap<>();
    root.stateDict().forEach((key, tensor) -> found.put(key, describe(tensor)));
    found.keySet().removeIf(key -> key.startsWith("pqmf.") || key.contains("._"));
    assertThat(found).isEqualTo(official(name));

    Map<String, String> model = new TreeMap<>();
    weights.tensors().forEach((key, tensor) -> model.put(key, describe(tensor)));
    Map<String, String> expected = new TreeMap<>(official(name));
    expected.put("latent_pca", "FLOAT32 (128,128)");
    expected.put("latent_mean", "FLOAT32 (128)");
    expected.put("fidelity", "FLOAT32 (128)");
    expected.put("receptive_field", "INT64 (2)");
    assertThat(model).isEqualTo(expected);
  }

  private static Map<String, String> official(String name) throws IOException {
    Map<String, String> rows = new TreeMap<>();
    try (InputStream in = ModelWeightsTest.class.getResourceAsStream(name + "-state.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      text.lines().map(line -> line.split(" ", 2)).forEach(parts -> rows.put(parts[0], parts[1]));
    }
    return rows;
  }

  private static String describe(TensorData tensor) {
    StringBuilder text = new StringBuilder(tensor.type() + " (");
    for (int i = 0; i < tensor.shape().length; i++) {
      text.append(i == 0 ? "" : ",").append(tensor.shape()[i]);
    }
    return text.append(")").toString();
  }

  @Test
  void aSeedMakesTheSameModelAndAnotherSeedAnother() {
    Map<String, TensorData> first = ModelWeights.initial(TINY, 5).tensors();
    assertThat(ModelWeights.initial(TINY, 5).tensors()).isEqualTo(first);
    assertThat(ModelWeights.initial(TINY, 6).tensor("decoder.net.0.weight_v"))
        .isNotEqualTo(first.get("decoder.net.0.weight_v"));
  }

  @Test
  void initialWeightsAreThoseOfPyTorch() {
    ModelWeights weights = ModelWeights.initial(TINY, 5);
    float[] direction = weights.tensor("encoder.encoder.net.0.weight_v").floats();
    double bound = 1 / Math.sqrt(16 * 7);
    double largest = 0;
    double squares = 0;
    for (float value : direction) {
      largest = Math.max(largest, Math.abs(value));
      squares += value * value;
    }
    assertThat(largest).isLessThanOrEqualTo(bound).isGreaterThan(0.98 * bound);
    assertThat(squares / direction.length).isCloseTo(bound * bound / 3, within(2e-4));
    // A length equal to the norm makes folding change nothing.
    assertThat(weights.folded("encoder.encoder.net.0").floats())
        .containsExactly(direction, within(1e-7f));
  }

  @Test
  void foldingScalesByTheLengthOfTheInputChannelForTransposedConvolutions() {
    ModelWeights weights = ModelWeights.initial(TINY, 5);
    float[] doubled = weights.tensor("decoder.net.2.weight_g").floats().clone();
    doubled[1] *= 2;
    ModelWeights changed =
        weights.with(
            Map.of("decoder.net.2.weight_g", TensorData.ofFloats(doubled, doubled.length, 1, 1)));
    float[] before = weights.folded("decoder.net.2").floats();
    float[] after = changed.folded("decoder.net.2").floats();
    int row = before.length / doubled.length;
    assertThat(Arrays.copyOf(after, row)).isEqualTo(Arrays.copyOf(before, row));
    assertThat(after[row]).isCloseTo(2 * before[row], within(1e-7f));
  }

  @Test
  void aCheckpointOfAnotherModelIsUnreadable() {
    Map<String, TensorData> state = new LinkedHashMap<>(ModelWeights.initial(TINY, 1).tensors());
    state.put("decoder.net.0.weight_v", TensorData.zeros(1, 2, 3));
    assertThatThrownBy(() -> ModelWeights.of(TINY, state))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.UNREADABLE))
        .hasMessageContaining("decoder.net.0.weight_v");
    state.remove("decoder.net.0.weight_v");
    assertThatThrownBy(() -> ModelWeights.of(TINY, state)).hasMessageContaining("lacks");
  }
}
