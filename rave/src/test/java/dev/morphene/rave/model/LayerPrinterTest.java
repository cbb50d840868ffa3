package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.Layer.AdaptiveNormalisation;
import dev.morphene.rave.model.Layer.BatchNormalisation;
import dev.morphene.rave.model.Layer.Convolution;
import dev.morphene.rave.model.Layer.Snake;
import dev.morphene.rave.model.NetworkStyle.Padding;
import dev.morphene.rave.process.Precision;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values of single layers against the same computed in Java. */
class LayerPrinterTest {
  private static final Offset<Float> CLOSE = within(2e-5f);
  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 2);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  private static TorchModule load(Layer layer, Form form, Map<String, TensorData> tensors) {
    Map<String, TensorData> all =
        new LinkedHashMap<>(ModelWeights.initial(Layer.under("layer", layer.tensors()), 1));
    all.putAll(tensors);
    ModelWeights weights = ModelWeights.partial(RaveConfig.preset("tiny", 44_100), all);
    ScriptModule module = new LayerPrinter(form, weights, Precision.FP32).layer(layer, "layer");
    return runtime.load(module, form == Form.TRAINING);
  }

  private static float[] forward(TorchModule module, TensorData x) {
    return module.run("forward", false, ScriptValue.of(x)).asTensor().floats();
  }

  @ParameterizedTest
  @EnumSource
  void snakeAddsTheSquaredSineOverAlpha(Form form) {
    float[] alpha = {0.5f, 2, -1.25f};
    TensorData x = LivelyWeights.noise(1, 2, 3, 5);
    try (TorchModule module =
        load(new Snake(3), form, Map.of("layer.alpha", TensorData.ofFloats(alpha, 3, 1)))) {
      float[] got = forward(module, x);
      for (int i = 0; i < got.length; i++) {
        double a = alpha[i / 5 % 3];
        double value = x.floats()[i];
        double wave = Math.sin(a * value);
        assertThat(got[i]).isCloseTo((float) (value + wave * wave / (a + 1e-9)), CLOSE);
      }
    }
  }

  @Test
  void batchNormalisationTrainsByTheBatchAndIsUsedByWhatItLearned() {
    TensorData x = LivelyWeights.noise(2, 4, 2, 25);
    try (TorchModule module = load(new BatchNormalisation(2), Form.TRAINING, Map.of())) {
      float[] trained = forward(module, x);
      Map<String, TensorData> learned = module.tensors();
      for (int channel = 0; channel < 2; channel++) {
        double mean = 0;
        double squares = 0;
        for (int i = 0; i < 200; i++) {
          if (i / 25 % 2 == channel) {
            mean += x.floats()[i] / 100;
            squares += x.floats()[i] * x.floats()[i] / 100;
          }
        }
        double variance = squares - mean * mean;
        assertThat(trained[25 * channel])
            .isCloseTo(
                (float) ((x.floats()[25 * channel] - mean) / Math.sqrt(variance + 1e-5)), CLOSE);
        assertThat(learned.get("running_mean").floats()[channel])
            .isCloseTo((float) (0.1 * mean), CLOSE);
        // Unbiased, as PyTorch keeps it.
        assertThat(learned.get("running_var").floats()[channel])
            .isCloseTo((float) (0.9 + 0.1 * variance * 100 / 99), CLOSE);
      }
      assertThat(learned.get("num_batches_tracked").longs()).containsExactly(1);

      module.setTraining(false);
      float[] used = forward(module, x);
      assertThat(module.tensors()).isEqualTo(learned);
      Map<String, TensorData> named = new LinkedHashMap<>();
      learned.forEach((name, tensor) -> named.put("layer." + name, tensor));
      for (Form form : new Form[] {Form.OFFLINE, Form.STREAMING}) {
        try (TorchModule fixed = load(new BatchNormalisation(2), form, named)) {
          assertThat(forward(fixed, x)).containsExactly(used, CLOSE);
        }
      }
    }
  }

  @Test
  void aBatchThatIsNoNumberLeavesTheRunningStatisticsAlone() {
    float[] poisoned = LivelyWeights.noise(2, 1, 2, 25).floats();
    poisoned[7] = Float.NaN;
    try (TorchModule module = load(new BatchNormalisation(2), Form.TRAINING, Map.of())) {
      Map<String, TensorData> before = module.tensors();
      forward(module, TensorData.ofFloats(poisoned, 1, 2, 25));
      assertThat(module.tensors()).isEqualTo(before);
    }
  }

  @Test
  void adaptiveNormalisationGivesTheSourceTheStatisticsOfTheTarget() {
    int length = 40;
    TensorData target = LivelyWeights.noise(3, 2, 2, length);
    TensorData source = louder(LivelyWeights.noise(4, 2, 2, length), 3, 1);
    TensorData other = louder(LivelyWeights.noise(5, 2, 2, length), 0.5f, -2);
    try (TorchModule module = load(new AdaptiveNormalisation(2), Form.OFFLINE, Map.of())) {
      assertThat(forward(module, source)).isEqualTo(source.floats());

      learn(module, "learn_y", 1);
      learn(module, "learn_x", 1);
      // The target goes first, and passes.
      assertThat(forward(module, target)).isEqualTo(target.floats());
      assertThat(module.tensors().get("num_update_y").floats()).containsExactly(1);
      assertThat(module.tensors().get("num_update_x").floats()).containsExactly(0);
      Statistics wanted = Statistics.of(target, 3);
      assertThat(module.tensors().get("mean_y").floats()[3]).isCloseTo(wanted.mean, CLOSE);
      assertThat(module.tensors().get("std_y").floats()[3]).isCloseTo(wanted.deviation, CLOSE);

      learn(module, "learn_y", 0);
      float[] restyled = forward(module, source);
      for (int row = 0; row < 4; row++) {
        Statistics got = Statistics.of(TensorData.ofFloats(restyled, 2, 2, length), row);
        Statistics expected = Statistics.of(target, row);
        assertThat(got.mean).isCloseTo(expected.mean, CLOSE);
        assertThat(got.deviation).isCloseTo(expected.deviation, within(1e-4f));
      }

      // A second call moves the source's statistics half of the way.
      forward(module, other);
      Statistics first = Statistics.of(source, 0);
      Statistics second = Statistics.of(other, 0);
      assertThat(module.tensors().get("mean_x").floats()[0])
          .isCloseTo((first.mean + second.mean) / 2, CLOSE);
      assertThat(module.tensors().get("std_x").floats()[0])
          .isCloseTo((first.deviation + second.deviation) / 2, CLOSE);

      // Without listening it goes on by what it knows; unused rows of the batch are as they were.
      learn(module, "learn_x", 0);
      Map<String, TensorData> known = module.tensors();
      assertThat(forward(module, source)).isNotEqualTo(source.floats());
      assertThat(module.tensors()).isEqualTo(known);
      assertThat(known.get("mean_x").floats()[2 * 2]).isZero();
      assertThat(known.get("std_x").floats()[2 * 2]).isEqualTo(1);
    }
  }

  @Test
  void adaptiveNormalisationDoesNothingInTraining() {
    TensorData x = LivelyWeights.noise(6, 1, 2, 8);
    try (TorchModule module = load(new AdaptiveNormalisation(2), Form.TRAINING, Map.of())) {
      learn(module, "learn_x", 1);
      Map<String, TensorData> before = module.tensors();
      assertThat(forward(module, x)).isEqualTo(x.floats());
      assertThat(module.tensors()).isEqualTo(before);
    }
  }

  private static void learn(TorchModule module, String flag, float value) {
    module.setTensors(Map.of(flag, TensorData.ofFloats(new float[] {value}, 1)));
  }

  private static TensorData louder(TensorData x, float factor, float summand) {
    float[] data = x.floats().clone();
    for (int i = 0; i < data.length; i++) {
      data[i] = data[i] * factor + summand;
    }
    return TensorData.ofFloats(data, x.shape());
  }

  private record Statistics(float mean, float deviation) {
    static Statistics of(TensorData x, int row) {
      int length = (int) x.shape()[2];
      double mean = 0;
      double squares = 0;
      for (int i = 0; i < length; i++) {
        mean += x.floats()[row * length + i] / (double) length;
      }
      for (int i = 0; i < length; i++) {
        squares += Math.pow(x.floats()[row * length + i] - mean, 2);
      }
      return new Statistics((float) mean, (float) Math.sqrt(squares / (length - 1)));
    }
  }

  /** Centred and causal, dilated, strided and in groups, by their definition. */
  @ParameterizedTest
  @EnumSource
  void convolutionsReadTheirWindow(Padding padding) {
    Convolution layer = Convolution.dilated(4, 6, 4, 3, padding).strided(2).grouped(2).plain();
    TensorData x = LivelyWeights.noise(7, 1, 4, 20);
    TensorData weight = LivelyWeights.noise(8, 6, 2, 4);
    try (TorchModule module = load(layer, Form.OFFLINE, Map.of("layer.weight", weight))) {
      float[] got = forward(module, x);
      assertThat(got).hasSize(60);
      int left = padding == Padding.CAUSAL ? 9 : 4;
      for (int out = 0; out < 6; out++) {
        for (int n = 0; n < 10; n++) {
          double sum = 0;
          for (int in = 0; in < 2; in++) {
            for (int tap = 0; tap < 4; tap++) {
              int at = 2 * n + 3 * tap - left;
              if (at >= 0 && at < 20) {
                sum +=
                    weight.floats()[(out * 2 + in) * 4 + tap]
                        * x.floats()[(out / 3 * 2 + in) * 20 + at];
              }
            }
          }
          assertThat(got[out * 10 + n]).isCloseTo((float) sum, CLOSE);
        }
      }
    }
  }
}
