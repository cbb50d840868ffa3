package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TensorData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, shapes, types and order of tensors, against lists printed from official models. */
class StateDictTest {
  private static List<String> rows(RaveConfig config) {
    List<String> rows = new ArrayList<>();
    RaveArchitecture.of(config)
        .stateDictShapes()
        .forEach((key, spec) -> rows.add(row(key, spec.type(), spec.shape())));
    return rows;
  }

  private static List<String> rows(String preset) {
    return rows(RaveConfig.preset(preset, 44_100));
  }

  private static String row(String key, TensorData.ElementType type, long[] shape) {
    String axes =
        Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(",", "(", ")"));
    return key + " " + type + " " + axes;
  }

  /** Of encoder and decoder; what makes a latent is another test's. */
  private static List<String> official(String name) throws IOException {
    try (InputStream in = StateDictTest.class.getResourceAsStream(name + "-state.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(row -> row.startsWith("encoder.encoder.") || row.startsWith("decoder."))
          .collect(Collectors.toCollection(ArrayList::new));
    }
  }

  /** The number in an official list stands for itself. */
  private static void replace(List<String> rows, String key, String other) {
    int at = indexOf(rows, key);
    rows.set(at, key + " " + other);
  }

  private static int indexOf(List<String> rows, String key) {
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).startsWith(key + " ")) {
        return i;
      }
    }
    throw new AssertionError("The list has no " + key + ".");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2", "v2_small", "v3", "discrete"})
  void presetsAreTheOfficialLists(String name) throws IOException {
    assertThat(rows(name)).isEqualTo(official(name));
  }

  @Test
  void stereoDoublesTheBandsAtBothEnds() throws IOException {
    List<String> expected = official("v2");
    replace(expected, "encoder.encoder.net.0.weight_v", "FLOAT32 (96,32,7)");
    replace(expected, "decoder.net.21.weight_g", "FLOAT32 (64,1,1)");
    replace(expected, "decoder.net.21.weight_v", "FLOAT32 (64,96,7)");
    assertThat(rows(RaveConfig.preset("v2", 44_100).withChannels(2))).isEqualTo(expected);
  }

  @Test
  void causalPaddingChangesNoTensor() throws IOException {
    assertThat(rows("v2+causal")).isEqualTo(official("v2"));
    assertThat(rows("v2_small+causal")).isEqualTo(official("v2_small"));
  }

  @Test
  void theNoiseOverlayTakesTheLastLayerOutOfTheStack() throws IOException {
    List<String> expected = official("v2");
    expected.removeIf(row -> row.startsWith("decoder.net.21."));
    expected.addAll(
        indexOf(expected, "decoder.net.0.weight_g"),
        List.of(
            "decoder.waveform_module.weight_g FLOAT32 (32,1,1)",
            "decoder.waveform_module.weight_v FLOAT32 (32,96,7)",
            "decoder.noise_module.target_size INT64 ()",
            "decoder.noise_module.net.0.weight FLOAT32 (128,96,4)",
            "decoder.noise_module.net.2.weight FLOAT32 (128,128,4)",
            "decoder.noise_module.net.4.weight FLOAT32 (80,128,4)"));
    assertThat(rows("v2+noise")).isEqualTo(expected);
  }

  @Test
  void fewerLatentsAndNoiseChannelsChangeTheTwoMiddleLayers() throws IOException {
    List<String> expected = official("v2");
    replace(expected, "encoder.encoder.net.21.weight_g", "FLOAT32 (16,1,1)");
    replace(expected, "encoder.encoder.net.21.weight_v", "FLOAT32 (16,1536,3)");
    replace(expected, "decoder.net.0.weight_v", "FLOAT32 (1536,144,3)");
    assertThat(rows("v2+wasserstein")).isEqualTo(expected);
    replace(expected, "decoder.net.0.weight_v", "FLOAT32 (1536,16,3)");
    assertThat(rows("v2+spherical")).isEqualTo(expected);
  }

  @Test
  void snakeSitsBetweenTheStages() throws IOException {
    List<String> expected = official("v2");
    int[] encoderAt = {4, 9, 14, 18, 20};
    int[] encoderChannels = {96, 192, 384, 768, 1536};
    int[] decoderAt = {1, 5, 10, 15, 20};
    int[] decoderChannels = {1536, 768, 384, 192, 96};
    for (int i = 0; i < 5; i++) {
      addAlpha(expected, "encoder.encoder.net.", encoderAt[i], encoderChannels[i]);
      addAlpha(expected, "decoder.net.", decoderAt[i], decoderChannels[i]);
    }
    assertThat(rows("v2+snake")).isEqualTo(expected);
  }

  /** Before the layer that follows. */
  private static void addAlpha(List<String> rows, String stack, int at, int channels) {
    rows.add(
        indexOf(rows, stack + (at + 1) + ".weight_g"),
        stack + at + ".alpha FLOAT32 (" + channels + ",1)");
  }

  @Test
  void adaptiveNormalisationIsBeforeEveryResidualUnit() throws IOException {
    // v3 is v2 with both: without Snake's alphas its list is that of the overlay alone.
    List<String> expected = official("v3");
    expected.removeIf(row -> row.contains(".alpha "));
    assertThat(rows("v2+adain")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"onnx, 32", "raspberry, 16"})
  void smallerFirstGenerationsHaveNoNoise(String name, int capacity) throws IOException {
    List<String> expected = official("v1");
    expected.removeIf(row -> row.startsWith("decoder.synth.branches.2"));
    assertThat(rows(name)).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(keyOf(rows(name).get(i))).isEqualTo(keyOf(expected.get(i)));
    }
    assertThat(rows(name))
        .contains(
            "encoder.encoder.net.0.weight FLOAT32 (%d,16,7)".formatted(capacity),
            "encoder.encoder.net.14.weight FLOAT32 (256,%d,5)".formatted(8 * capacity),
            "decoder.net.0.weight_v FLOAT32 (%d,128,7)".formatted(16 * capacity),
            "decoder.synth.branches.1.weight_v FLOAT32 (1,%d,3)".formatted(capacity));
  }

  private static String keyOf(String row) {
    return row.substring(0, row.indexOf(' '));
  }

  /** Values that an optimiser trains. */
  @ParameterizedTest
  @CsvSource({
    "v1, 1, 4834176, 12778193",
    "v2, 1, 16056928, 15479072",
    "v2_small, 1, 3945904, 3816608",
    "v3, 1, 16059904, 15482048",
    "discrete, 1, 14287328, 14889248",
    "v2, 2, 16067680, 15500608"
  })
  void presetsHaveTheOfficialNumbersOfParameters(
      String name, int channels, long encoder, long decoder) {
    RaveConfig config = RaveConfig.preset(name, 44_100).withChannels(channels);
    assertThat(parameters(config, "encoder.")).isEqualTo(encoder);
    assertThat(parameters(config, "decoder.")).isEqualTo(decoder);
  }

  /** In units of 10 000, as far as they are known. */
  @ParameterizedTest
  @CsvSource({"onnx, 137, 342", "raspberry, 43, 97"})
  void theSmallOnesHaveAboutTheOfficialNumbers(String name, long encoder, long decoder) {
    RaveConfig config = RaveConfig.preset(name, 44_100);
    assertThat(Math.round(parameters(config, "encoder.") / 1e4)).isEqualTo(encoder);
    assertThat(Math.round(parameters(config, "decoder.") / 1e4)).isEqualTo(decoder);
  }

  private static long parameters(RaveConfig config, String prefix) {
    return RaveArchitecture.of(config).parameterShapes().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix))
        .mapToLong(entry -> TensorData.elementCount(entry.getValue()))
        .sum();
  }

  /** What training holds is what a checkpoint has, in its order, and what is trained is known. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "v1",
        "v2",
        "v2_small",
        "v3",
        "onnx",
        "v2+noise",
        "v2+snake",
        "v2+adain",
        "v2+causal"
      })
  void theTrainingFormHoldsTheStateDict(String name) {
    ModelWeights weights = ModelWeights.initial(SmallConfigs.narrow(name, 2), 1);
    RaveNetwork network = RaveNetwork.of(weights, Form.TRAINING);
    ScriptModule root =
        ScriptModule.builder("__torch__.test.Root")
            .child("encoder", network.encoder())
            .child("decoder", network.decoder())
            .build();
    List<String> printed = new ArrayList<>();
    root.stateDict().forEach((key, tensor) -> printed.add(row(key, tensor.type(), tensor.shape())));
    printed.removeIf(
        row ->
            row.contains("._")
                || row.startsWith("encoder.") && !row.startsWith("encoder.encoder."));
    assertThat(printed).isEqualTo(rows(weights.config()));
    Map<String, long[]> trained = RaveArchitecture.of(weights.config()).parameterShapes();
    assertThat(root.parameterPaths()).isEqualTo(List.copyOf(trained.keySet()));
  }

  @Test
  void everyTensorBeginsAsOfficially() {
    Map<String, TensorData> v3 = ModelWeights.initial(SmallConfigs.narrow("v3", 2), 1).tensors();
    Map<String, TensorData> v1 = ModelWeights.initial(SmallConfigs.narrow("v1", 2), 1).tensors();
    Set<String> ones = Set.of("alpha", "std_x", "std_y", "running_var");
    Set<String> zeros =
        Set.of("mean_x", "mean_y", "learn_x", "learn_y", "num_update_x", "num_update_y", "bias");
    for (Map<String, TensorData> tensors : List.of(v1, v3)) {
      tensors.forEach(
          (key, tensor) -> {
            String name = key.substring(key.lastIndexOf('.') + 1);
            if (ones.contains(name)) {
              assertThat(tensor.floats()).as(key).containsOnly(1);
            } else if (zeros.contains(name) || name.equals("running_mean")) {
              assertThat(tensor.floats()).as(key).containsOnly(0);
            }
          });
    }
    assertThat(v1.get("encoder.encoder.net.1.weight").floats()).containsOnly(1);
    assertThat(v1.get("encoder.encoder.net.0.weight").floats()).doesNotContain(0, 1);
    assertThat(v1.get("encoder.encoder.net.1.num_batches_tracked").longs()).containsExactly(0);
    assertThat(v1.get("decoder.warmed_up").longs()).containsExactly(0);
    assertThat(v1.get("decoder.synth.branches.2.target_size").longs()).containsExactly(64);
  }
}
