package dev.morphene.rave.export;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Models that are loud enough for comparisons to mean something. */
final class ExportFixture {
  private ExportFixture() {}

  /** Random weights, scaled so that signals neither die out nor blow up on their way. */
  static ModelWeights lively(String preset) {
    ModelWeights weights = ModelWeights.initial(RaveConfig.preset(preset, 44_100), 11);
    Map<String, TensorData> louder = new LinkedHashMap<>();
    weights
        .tensors()
        .forEach(
            (key, tensor) -> {
              if (key.endsWith(".weight_g")) {
                float gain = key.contains(".aligned.") ? 1.2f : 2f;
                float[] data = tensor.floats().clone();
                for (int i = 0; i < data.length; i++) {
                  data[i] *= gain;
                }
                louder.put(key, TensorData.ofFloats(data, tensor.shape()));
              }
            });
    return weights.with(louder);
  }

  static float[] noise(long seed, int length) {
    Random random = new Random(seed);
    float[] data = new float[length];
    for (int i = 0; i < length; i++) {
      data[i] = (float) random.nextGaussian() * 0.3f;
    }
    return data;
  }
}
