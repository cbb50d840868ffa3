package dev.morphene.rave.model;

import dev.morphene.rave.archive.TensorData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Models as if trained: nothing is at its initial value, and signals neither die nor blow up. */
public final class LivelyWeights {
  private LivelyWeights() {}

  public static ModelWeights of(RaveConfig config, long seed) {
    Random random = new Random(seed);
    Map<String, TensorData> changed = new LinkedHashMap<>();
    ModelWeights weights = ModelWeights.initial(config, seed);
    weights
        .tensors()
        .forEach(
            (key, tensor) -> {
              String name = key.substring(key.lastIndexOf('.') + 1);
              switch (name) {
                case "weight_g" ->
                    scale(changed, key, tensor, key.contains("aligned") ? 1.2f : 2, random);
                case "weight" -> scale(changed, key, tensor, 2, random);
                case "alpha", "running_var" -> scale(changed, key, tensor, 1.5f, random);
                case "bias", "running_mean" -> shift(changed, key, tensor, random);
                case "embed" -> changed.put(key, noise(seed ^ key.hashCode(), tensor.shape()));
                case "inited" -> changed.put(key, TensorData.ofFloats(new float[] {1}, 1));
                default -> {}
              }
            });
    for (String flag : List.of("decoder.warmed_up", "encoder.enabled")) {
      if (weights.tensors().containsKey(flag)) {
        changed.put(flag, TensorData.scalar(1L));
      }
    }
    return weights.with(changed);
  }

  /** By half the factor to all of it. */
  private static void scale(
      Map<String, TensorData> changed, String key, TensorData tensor, float by, Random random) {
    float[] data = tensor.floats().clone();
    for (int i = 0; i < data.length; i++) {
      data[i] *= by * (1 + random.nextFloat()) / 2;
    }
    changed.put(key, TensorData.ofFloats(data, tensor.shape()));
  }

  private static void shift(
      Map<String, TensorData> changed, String key, TensorData tensor, Random random) {
    float[] data = tensor.floats().clone();
    for (int i = 0; i < data.length; i++) {
      data[i] += (random.nextFloat() - 0.5f) / 2;
    }
    changed.put(key, TensorData.ofFloats(data, tensor.shape()));
  }

  static TensorData noise(long seed, long... shape) {
    Random random = new Random(seed);
    float[] data = new float[(int) TensorData.elementCount(shape)];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) random.nextGaussian();
    }
    return TensorData.ofFloats(data, shape);
  }
}
