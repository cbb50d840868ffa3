package dev.morphene.rave.discriminator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.DiscriminatorConfig;
import dev.morphene.rave.torch.LossGradients;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DiscriminatorFeaturesTest {
  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 2);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  private static ScriptModule.Builder root(DiscriminatorConfig config, int channels) {
    return ScriptModule.builder("__torch__.test.Root")
        .child("discriminator", DiscriminatorModule.module(config, channels, new Random(1)))
        .methods(
            """
            def shapes(self, x: Tensor) -> List[List[int]]:
              found = annotate(List[List[int]], [])
              for features in self.discriminator.forward(x):
                for feature in features:
                  found.append(feature.size())
              return found
            def scores(self, x: Tensor) -> List[float]:
              found = annotate(List[float], [])
              for features in self.discriminator.forward(x):
                found.append(float(torch.mean(features[-1])))
              return found
            """);
  }

  private static List<List<Long>> shapes(DiscriminatorConfig config, int channels, TensorData x) {
    try (TorchModule module = runtime.load(root(config, channels).build(), true)) {
      return module.run("shapes", false, ScriptValue.of(x)).asList().stream()
          .map(shape -> shape.asList().stream().map(ScriptValue::asLong).toList())
          .toList();
    }
  }

  @Test
  void periodsComeFirstThenScales() {
    DiscriminatorConfig config = DiscriminatorConfig.convolutional(2, List.of(2, 3), 2);
    List<List<Long>> shapes = shapes(config, 1, noise(2, 1, 1024));
    assertThat(config.count()).isEqualTo(4);
    assertThat(shapes).hasSize(4 * 5);
    assertThat(shapes.get(0)).containsExactly(2L, 2L, 128L, 2L);
    // 1024 is padded to 1026 = 3 * 342, and 342 becomes 86 with stride 4.
    assertThat(shapes.get(5)).containsExactly(2L, 2L, 86L, 3L);
    assertThat(shapes.get(10)).containsExactly(2L, 2L, 256L);
    assertThat(shapes.get(19)).containsExactly(2L, 1L, 2L);
  }

  @Test
  void theFirstGenerationHearsThreeRates() {
    DiscriminatorConfig config = DiscriminatorConfig.convolutional(2, List.of(), 3);
    List<List<Long>> shapes = shapes(config, 2, noise(1, 2, 1024));
    assertThat(config.count()).isEqualTo(3);
    assertThat(shapes).hasSize(3 * 5);
    assertThat(shapes.get(0)).containsExactly(1L, 2L, 256L);
    assertThat(shapes.get(5)).containsExactly(1L, 2L, 128L);
    assertThat(shapes.get(10)).containsExactly(1L, 2L, 64L);
    assertThat(shapes.get(14)).containsExactly(1L, 1L, 1L);
  }

  @Test
  void descriptGivesSixFeaturesAPeriodAnd26AResolution() {
    DiscriminatorConfig config =
        new DiscriminatorConfig(2, List.of(2, 3), 2, DiscriminatorConfig.Kind.DESCRIPT);
    List<List<Long>> shapes = shapes(config, 2, noise(3, 2, 4096));
    assertThat(config.count()).isEqualTo(4);
    assertThat(shapes).hasSize(2 * 6 + 2 * 26);
    // 4096 is divisible by 2: a whole period is added. 2049 becomes 683 with stride 3.
    assertThat(shapes.get(0)).containsExactly(3L, 2L, 683L, 2L);
    assertThat(shapes.get(4)).containsExactly(3L, 64L, 26L, 2L);
    assertThat(shapes.get(5)).containsExactly(3L, 1L, 26L, 2L);
    // 4096 is 1 more than 3 * 1365: two are added. 1366 becomes 456.
    assertThat(shapes.get(6)).containsExactly(3L, 2L, 456L, 3L);
    // 1025 bins: 102, 154, 256, 256 and 257 in the bands. Nine frames of hop 512.
    long[] bins = {102, 154, 256, 256, 257};
    for (int band = 0; band < 5; band++) {
      assertThat(shapes.get(12 + 5 * band)).containsExactly(3L, 2L, 9L, bins[band]);
      long strided = ((bins[band] + 1) / 2 + 1) / 2;
      assertThat(shapes.get(12 + 5 * band + 4)).containsExactly(3L, 2L, 9L, (strided + 1) / 2);
    }
    assertThat(shapes.get(12 + 25)).containsExactly(3L, 1L, 9L, 13 + 20 + 32 + 32 + 33L);
  }

  @Test
  void descriptDoesNotHearLevelAndOffset() {
    DiscriminatorConfig config =
        new DiscriminatorConfig(2, List.of(3), 1, DiscriminatorConfig.Kind.DESCRIPT);
    TensorData x = noise(1, 1, 2048);
    float[] other = x.floats().clone();
    for (int i = 0; i < other.length; i++) {
      other[i] = 0.01f * other[i] + 0.5f;
    }
    try (TorchModule module = runtime.load(root(config, 1).build(), true)) {
      List<ScriptValue> plain = module.run("scores", false, ScriptValue.of(x)).asList();
      List<ScriptValue> changed =
          module
              .run("scores", false, ScriptValue.of(TensorData.ofFloats(other, x.shape())))
              .asList();
      for (int i = 0; i < plain.size(); i++) {
        assertThat(changed.get(i).asDouble()).isCloseTo(plain.get(i).asDouble(), within(1e-4));
      }
      // Silence has no peak to be divided by.
      module
          .run("scores", false, ScriptValue.of(TensorData.zeros(1, 1, 2048)))
          .asList()
          .forEach(score -> assertThat(score.asDouble()).isFinite());
    }
  }

  @Test
  void spectraFollowTheScales() {
    List<List<Long>> shapes = shapes(DiscriminatorConfig.spectral(2, 1), 1, noise(2, 1, 8192));
    assertThat(shapes).hasSize(5 + 5 * 6);
    assertThat(shapes.get(0)).containsExactly(2L, 2L, 2048L);
    // 2049 bins, 9 frames of hop 1024; the bins halve three times, the frames stay.
    assertThat(shapes.get(5)).containsExactly(2L, 32L, 2049L, 9L);
    assertThat(shapes.get(8)).containsExactly(2L, 32L, 257L, 9L);
    assertThat(shapes.get(10)).containsExactly(2L, 1L, 257L, 9L);
    assertThat(shapes.get(34)).containsExactly(2L, 1L, 17L, 129L);
  }

  @ParameterizedTest
  @EnumSource(DiscriminatorConfig.Kind.class)
  void gradientsReachTheSignal(DiscriminatorConfig.Kind kind) {
    DiscriminatorConfig config =
        switch (kind) {
          case CONVOLUTIONAL -> DiscriminatorConfig.convolutional(2, List.of(2, 3), 2);
          case DESCRIPT -> new DiscriminatorConfig(2, List.of(2, 3), 1, kind);
          case SPECTRAL -> DiscriminatorConfig.spectral(2, 1);
        };
    LossGradients.check(
        runtime,
        root(config, 2)
            .methods(
                """
                def loss(self, x: Tensor) -> Tensor:
                  total = torch.zeros([], dtype=x.dtype)
                  for features in self.discriminator.forward(x):
                    for feature in features:
                      total = total + torch.sum(torch.square(feature))
                  return total
                """),
        noise(1, 2, 4096));
  }

  private static TensorData noise(int batch, int channels, int samples) {
    Random random = new Random(7);
    float[] data = new float[batch * channels * samples];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) random.nextGaussian();
    }
    return TensorData.ofFloats(data, batch, channels, samples);
  }
}
