package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RaveNetworkTest {
  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 2);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  private static ScriptModule whole(ModelWeights weights, Form form) {
    RaveNetwork network = RaveNetwork.of(weights, form);
    return ScriptModule.builder("__torch__.test.Whole")
        .child("pqmf", network.pqmf())
        .child("encoder", network.encoder())
        .child("decoder", network.decoder())
        .methods(
            """
            def encode(self, x: Tensor) -> Tensor:
              return self.encoder.mean(self.encoder.forward(self.pqmf.forward(x)))
            def decode(self, z: Tensor) -> Tensor:
              return self.pqmf.inverse(self.decoder.synthesise(z, 0.))
            def losses(self, x: Tensor) -> Tuple[float, float, int]:
              z, regulariser = self.encoder.sample(self.encoder.forward(self.pqmf.forward(x)))
              y = self.pqmf.inverse(self.decoder.forward(z))
              loss = torch.mean(torch.abs(y - x)) + regulariser
              own = self.parameter_list()
              missing = 0
              for gradient in torch.grad([loss], own, None, None, False, True):
                if gradient is None:
                  missing = missing + 1
              return (float(loss), float(regulariser), missing)
            """)
        .build();
  }

  @ParameterizedTest
  @CsvSource({"tiny", "v2_small"})
  void foldedWeightsGiveTheSameResult(String name) {
    ModelWeights weights = ModelWeights.initial(RaveConfig.preset(name, 44_100), 3);
    TensorData audio = noise(4, 16_384);
    try (TorchModule training = runtime.load(whole(weights, Form.TRAINING), true);
        TorchModule offline = runtime.load(whole(weights, Form.OFFLINE), false)) {
      TensorData expected = training.run("encode", false, ScriptValue.of(audio)).asTensor();
      assertThat(expected.shape()).containsExactly(1, weights.config().latentSize(), 32);
      TensorData folded = offline.run("encode", false, ScriptValue.of(audio)).asTensor();
      assertThat(folded.floats()).containsExactly(expected.floats(), within(1e-5f));
      float[] wanted = training.run("decode", false, ScriptValue.of(expected)).asTensor().floats();
      float[] got = offline.run("decode", false, ScriptValue.of(expected)).asTensor().floats();
      assertThat(got).containsExactly(wanted, within(1e-5f));
    }
  }

  @ParameterizedTest
  @CsvSource({"tiny, 0", "v2_small, 0"})
  void everyParameterGetsAGradient(String name, int missing) {
    ModelWeights weights = ModelWeights.initial(RaveConfig.preset(name, 44_100), 3);
    try (TorchModule module = runtime.load(whole(weights, Form.TRAINING), true)) {
      List<ScriptValue> result =
          module.run("losses", true, ScriptValue.of(noise(2, 16_384))).asList();
      assertThat(result.get(0).asDouble()).isFinite().isGreaterThan(result.get(1).asDouble());
      assertThat(result.get(1).asDouble()).isPositive();
      assertThat(result.get(2).asLong()).isEqualTo(missing);
    }
  }

  /** The matrix against the transform it stands for, computed the long way. */
  @Test
  void noiseFiltersAreTheCutInverseTransform() {
    NoiseBranch branch = new NoiseBranch(64, List.of(2, 2, 2), 32);
    Random random = new Random(3);
    double[] amplitudes = random.doubles(32).toArray();
    int size = 62;
    double[] response = new double[size];
    for (int n = 0; n < size; n++) {
      double sum = 0;
      for (int bin = 0; bin < size; bin++) {
        sum += amplitudes[Math.min(bin, size - bin)] * Math.cos(2 * Math.PI * bin * n / size);
      }
      response[n] = sum / size;
    }
    double[] cut = new double[8];
    for (int n = 0; n < 8; n++) {
      double rotated = response[Math.floorMod(n - 31, size)];
      cut[n] = rotated * (0.5 - 0.5 * Math.cos(2 * Math.PI * n / size));
    }
    float[] filters = DecoderPrinter.filters(branch).floats();
    for (int tap = 0; tap < 8; tap++) {
      double sum = 0;
      for (int band = 0; band < 32; band++) {
        sum += amplitudes[band] * filters[band * 8 + tap];
      }
      assertThat(sum).isCloseTo(cut[(tap + 31) % 8], within(1e-7));
    }
  }

  private static TensorData noise(long seed, int length) {
    Random random = new Random(seed);
    float[] data = new float[length];
    for (int i = 0; i < length; i++) {
      data[i] = (float) random.nextGaussian() * 0.3f;
    }
    return TensorData.ofFloats(data, 1, 1, length);
  }
}
