package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.archive.TensorData;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Shapes of official checkpoints whose latent is not v2's. */
class LatentWeightsTest {

  private static Map<String, TensorData> tensors(String preset) {
    return ModelWeights.initial(RaveConfig.preset(preset, 44_100), 1).tensors();
  }

  private static void assertShape(Map<String, TensorData> tensors, String key, long... shape) {
    assertThat(tensors).containsKey(key);
    assertThat(tensors.get(key).shape()).as(key).containsExactly(shape);
  }

  @Test
  void wassersteinHasFewerLatentsAndNoiseBesideThem() {
    Map<String, TensorData> tensors = tensors("v2+wasserstein");
    assertShape(tensors, "latent_pca", 16, 16);
    assertShape(tensors, "encoder.encoder.net.21.weight_g", 16, 1, 1);
    assertShape(tensors, "encoder.encoder.net.21.weight_v", 16, 1536, 3);
    assertShape(tensors, "decoder.net.0.weight_v", 1536, 144, 3);
    assertThat(tensors).containsKey("encoder.warmed_up");
  }

  @Test
  void sphericalHasNoNoiseAndDoesNotWarmUp() {
    Map<String, TensorData> tensors = tensors("v2+spherical");
    assertShape(tensors, "latent_pca", 16, 16);
    assertShape(tensors, "encoder.encoder.net.21.weight_v", 16, 1536, 3);
    assertShape(tensors, "decoder.net.0.weight_v", 1536, 16, 3);
    assertThat(tensors).doesNotContainKey("encoder.warmed_up");
  }

  @Test
  void discreteHasAsManyParametersAsPublishedBesideItsCodebooks() {
    ModelWeights weights = ModelWeights.initial(RaveConfig.preset("discrete", 44_100), 1);
    assertThat(weights.parameterCount("encoder.")).isEqualTo(14_287_328);
    assertThat(weights.parameterCount("decoder.")).isEqualTo(14_889_248);
    assertShape(weights.tensors(), "encoder.encoder.net.21.weight_v", 128, 1536, 3);
    assertShape(weights.tensors(), "decoder.net.0.weight_v", 1536, 256, 3);
  }
}
