package dev.morphene.rave.discriminator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.RaveConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counts, names, shapes and order against those of official checkpoints. */
class DiscriminatorModuleTest {

  @ParameterizedTest
  @CsvSource({
    "v1, 1, 7751619",
    "v2, 1, 27130952",
    "v2_small, 1, 6791720",
    "v3, 1, 42519760",
    "discrete, 1, 27130952",
    "v2, 2, 27137672",
    "v2+descript_discriminator, 1, 42519760"
  })
  void parametersAreAsManyAsInOfficialCheckpoints(String preset, int channels, long expected) {
    assertThat(parameters(preset, channels)).isEqualTo(expected);
  }

  @Test
  void smallerModelsOfTheFirstGenerationHaveAsManyAsPublished() {
    // Published in millions: 1.94 and 0.49.
    assertThat(parameters("onnx", 1)).isBetween(1_935_000L, 1_945_000L);
    assertThat(parameters("raspberry", 1)).isBetween(485_000L, 495_000L);
  }

  private static long parameters(String preset, int channels) {
    ScriptModule module = module(preset, channels);
    Map<String, TensorData> state = module.stateDict();
    return module.parameterPaths().stream().mapToLong(path -> state.get(path).elementCount()).sum();
  }

  @ParameterizedTest
  @CsvSource({"v1, 1, 64", "onnx, 1, 32", "raspberry, 1, 16", "v1, 2, 64"})
  void theFirstGenerationHasScalesAlone(String preset, int channels, int capacity) {
    List<String> expected = new ArrayList<>();
    for (int layer = 0; layer < 3; layer++) {
      expected.addAll(convolutional("layers." + layer, capacity, channels, "15", false));
    }
    assertThat(described(preset, channels)).containsExactlyElementsOf(expected);
  }

  @ParameterizedTest
  @CsvSource({"v2, 1, 96", "v2_small, 1, 48", "discrete, 1, 96", "v2, 2, 96"})
  void theSecondHasPeriodsAndScales(String preset, int channels, int capacity) {
    List<String> expected = new ArrayList<>();
    for (int layer = 0; layer < 5; layer++) {
      String name = "discriminators.0.layers." + layer;
      expected.addAll(convolutional(name, capacity, channels, "5,1", true));
    }
    for (int layer = 0; layer < 3; layer++) {
      String name = "discriminators.1.layers." + layer;
      expected.addAll(convolutional(name, capacity, channels, "15", false));
    }
    assertThat(described(preset, channels)).containsExactlyElementsOf(expected);
  }

  @ParameterizedTest
  @CsvSource({"v3, 1", "v2+descript_discriminator, 2"})
  void descriptHasPeriodsAndResolutionsInBands(String preset, int channels) {
    List<String> expected = new ArrayList<>();
    int[] widths = {32, 128, 512, 1024, 1024};
    for (int period = 0; period < 5; period++) {
      String name = "discriminators." + period + ".";
      int input = channels;
      for (int i = 0; i < widths.length; i++) {
        expected.addAll(normalised(name + "convs." + i + ".0", widths[i], input, "5,1"));
        input = widths[i];
      }
      expected.addAll(normalised(name + "conv_post", 1, 1024, "3,1"));
    }
    for (int resolution = 0; resolution < 3; resolution++) {
      String name = "discriminators." + (5 + resolution) + ".";
      for (int band = 0; band < 5; band++) {
        for (int i = 0; i < 5; i++) {
          String convolution = name + "band_convs." + band + "." + i + ".0";
          int input = i == 0 ? 2 * channels : 32;
          expected.addAll(normalised(convolution, 32, input, i == 4 ? "3,3" : "3,9"));
        }
      }
      expected.addAll(normalised(name + "conv_post", 1, 32, "3,3"));
      expected.add(name + "stft.window (" + (2048 >> resolution) + ")");
    }
    assertThat(described(preset, channels)).containsExactlyElementsOf(expected);
  }

  @ParameterizedTest
  @CsvSource({"v2+spectral_discriminator, 1", "v3+spectral_discriminator, 2"})
  void spectraTakeThePlaceOfPeriods(String preset, int channels) {
    List<String> expected = new ArrayList<>();
    for (int layer = 0; layer < 3; layer++) {
      String name = "discriminators.0.layers." + layer;
      expected.addAll(convolutional(name, 96, channels, "15", false));
    }
    for (int i = 0; i < 5; i++) {
      expected.add("discriminators.1.specs." + i + ".window (" + (4096 >> i) + ")");
    }
    for (int i = 0; i < 5; i++) {
      String name = "discriminators.1.nets." + i + ".net.";
      expected.addAll(normalised(name + "0.0", 32, 2 * channels, "9,3"));
      for (int j = 1; j < 4; j++) {
        expected.addAll(normalised(name + j + ".0", 32, 32, "9,3"));
      }
      expected.addAll(normalised(name + "4.0", 32, 32, "3,3"));
      expected.addAll(normalised(name + "5", 1, 32, "3,3"));
    }
    assertThat(described(preset, channels)).containsExactlyElementsOf(expected);
  }

  private static List<String> convolutional(
      String layer, int capacity, int channels, String kernel, boolean folded) {
    List<String> expected = new ArrayList<>();
    int input = channels;
    for (int stage = 0; stage < 4; stage++) {
      int output = capacity << stage;
      expected.addAll(normalised(layer + ".net." + 2 * stage, output, input, kernel));
      input = output;
    }
    expected.add(layer + ".net.8.weight (1," + input + (folded ? ",1,1)" : ",1)"));
    expected.add(layer + ".net.8.bias (1)");
    return expected;
  }

  private static List<String> normalised(String name, int output, int input, String kernel) {
    String ones = kernel.replaceAll("\\d+", "1");
    return List.of(
        name + ".bias (" + output + ")",
        name + ".weight_g (" + output + ",1," + ones + ")",
        name + ".weight_v (" + output + "," + input + "," + kernel + ")");
  }

  private static List<String> described(String preset, int channels) {
    List<String> found = new ArrayList<>();
    module(preset, channels)
        .stateDict()
        .forEach(
            (key, tensor) ->
                found.add(
                    key
                        + " "
                        + Arrays.toString(tensor.shape())
                            .replace(" ", "")
                            .replace('[', '(')
                            .replace(']', ')')));
    return found;
  }

  private static ScriptModule module(String preset, int channels) {
    return DiscriminatorModule.module(
        RaveConfig.preset(preset, 48_000).discriminator(), channels, new Random(1));
  }
}
