package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.DiscriminatorConfig;
import dev.morphene.rave.model.LatentSpace;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.torch.OneDnnComparison;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingScriptTest {
  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 2);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  @Test
  void theStateDictHasTheKeysOfOfficialCheckpoints() {
    try (Trainer trainer = new Trainer(runtime, RaveConfig.preset("tiny", 48_000), 1, false)) {
      Map<String, TensorData> weights = trainer.snapshot().weights();
      // v2 has 243; two of them are the filter bank again, in another layout.
      assertThat(weights).hasSize(241);
      assertThat(weights)
          .containsKeys(
              "latent_pca",
              "latent_mean",
              "fidelity",
              "receptive_field",
              "pqmf.hk",
              "pqmf.h",
              "encoder.warmed_up",
              "encoder.encoder.net.1.aligned.branches.0.net.3.weight_g",
              "decoder.net.21.weight_v",
              "discriminator.discriminators.0.layers.4.net.8.bias",
              "audio_distance.multiscale_stft.stfts.0.window",
              "multiband_audio_distance.multiscale_stft.stfts.4.window");
      assertThat(trainer.snapshot().generator().firstMoments()).hasSize(112);
      assertThat(trainer.snapshot().discriminator().firstMoments()).hasSize(112);
    }
  }

  static List<Arguments> officialTotals() {
    RaveConfig tiny = RaveConfig.preset("tiny", 48_000);
    // In small: the number of tensors does not depend on their sizes.
    return List.of(
        Arguments.of(RaveConfig.preset("tiny+wasserstein", 48_000), 243),
        Arguments.of(RaveConfig.preset("tiny+spherical", 48_000), 242),
        Arguments.of(tiny.withLatent(8, new LatentSpace(LatentSpace.Kind.DISCRETE, 8, 16, 8)), 308),
        Arguments.of(RaveConfig.preset("tiny+spectral_discriminator", 48_000), 268),
        Arguments.of(
            tiny.withDiscriminator(
                new DiscriminatorConfig(
                    1, List.of(2, 3, 5, 7, 11), 3, DiscriminatorConfig.Kind.DESCRIPT)),
            458));
  }

  @ParameterizedTest
  @MethodSource("officialTotals")
  void theStateDictHasAsManyTensorsAsOfficialOnes(RaveConfig config, int official) {
    try (Trainer trainer = new Trainer(runtime, config, 1, false)) {
      // But for the two of the filter bank in another layout.
      assertThat(trainer.snapshot().weights()).hasSize(official - 2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v3", "discrete", "v2_small+causal", "v2+wasserstein"})
  void whatAStepConvolvesCanBeRepeatedAndChangesNothing(String preset) {
    RaveConfig config = StepCheck.shrunken(RaveConfig.preset(preset, 48_000));
    TensorData batch = OneDnnComparison.noise(1, config.channels(), 8_192);
    try (Trainer trainer = new Trainer(runtime, config, 1, false)) {
      Map<String, TensorData> before = trainer.snapshot().weights();
      for (boolean judged : new boolean[] {false, true}) {
        runtime.seed(3);
        List<TensorData> first = trainer.convolved(batch, judged);
        runtime.seed(3);
        assertThat(trainer.convolved(batch, judged)).isEqualTo(first);
        int parameters = trainer.snapshot().generator().firstMoments().size();
        assertThat(first).hasSizeGreaterThan(parameters / 2);
        assertThat(first)
            .filteredOn(tensor -> !tensor.equals(TensorData.zeros(tensor.shape())))
            .hasSizeGreaterThan(parameters / 2);
      }
      assertThat(trainer.snapshot().weights()).isEqualTo(before);
    }
  }

  @Test
  void theReceptiveFieldIsTheOneMeasuredOnTheOfficialModel() {
    RaveConfig config = RaveConfig.preset("v2_small", 44_100);
    try (Trainer trainer = new Trainer(runtime, config, 1, false)) {
      ReceptiveField field = trainer.measureReceptiveField();
      assertThat(field.right()).isEqualTo(10_044);
      // The far left is the noise branch's, whose gradients are so faint that some vanish in single
      // precision: how many depends on the weights, at most a band sample's worth.
      assertThat(field.left()).isBetween(10_597L, 10_597L + config.bands());
      assertThat(trainer.snapshot().weights().get("receptive_field").longs())
          .containsExactly(field.left(), field.right());
      assertThat(field.shortestSignalSamples(config)).isEqualTo(37_376);
      assertThatThrownBy(() -> field.check(config, 36_864))
          .isInstanceOf(JobFailure.class)
          .hasMessageContaining("use 37376");
    }
    assertThat(
            new ReceptiveField(27_117, 26_428)
                .shortestSignalSamples(RaveConfig.preset("v2", 44_100)))
        .isEqualTo(71_680);
  }

  @Test
  void latentAnalysisFindsTheAxesOfTheirVariance() {
    RaveConfig config = RaveConfig.preset("tiny", 48_000);
    int latents = config.latentSize();
    int rows = 4_000;
    Random random = new Random(3);
    float[] values = new float[rows * latents];
    for (int row = 0; row < rows; row++) {
      double strong = 3 * random.nextGaussian();
      double weak = random.nextGaussian();
      // Variance 9 along (1, 1)/√2 of the first two, 1 along the third, nothing elsewhere.
      values[row * latents] = (float) (5 + strong / Math.sqrt(2));
      values[row * latents + 1] = (float) (strong / Math.sqrt(2));
      values[row * latents + 2] = (float) weak;
    }
    try (Trainer trainer = new Trainer(runtime, config, 1, false)) {
      float[] fidelity = trainer.analyseLatents(TensorData.ofFloats(values, rows, latents));
      assertThat(fidelity[0]).isCloseTo(0.9f, within(0.01f));
      assertThat(fidelity[1]).isCloseTo(1f, within(1e-5f));
      Map<String, TensorData> weights = trainer.snapshot().weights();
      float[] first = Arrays.copyOf(weights.get("latent_pca").floats(), latents);
      assertThat(first[0]).isCloseTo((float) Math.sqrt(0.5), within(0.01f));
      assertThat(first[1]).isCloseTo((float) Math.sqrt(0.5), within(0.01f));
      assertThat(weights.get("latent_mean").floats()[0]).isCloseTo(5f, within(0.2f));
      assertThat(Validator.latentsNeeded(fidelity))
          .containsEntry("fidelity_0.8", 1.0)
          .containsEntry("fidelity_0.95", 2.0);
    }
  }

  @Test
  void lossesThatAreNoNumbersChangeNothing() {
    RaveConfig config = RaveConfig.preset("tiny", 48_000);
    try (Trainer trainer = new Trainer(runtime, config, 1, false)) {
      float[] poisoned = new float[37_888];
      poisoned[20_000] = Float.NaN;
      Trainer.Snapshot before = trainer.snapshot();
      StepLosses losses = trainer.step(0, TensorData.ofFloats(poisoned, 1, 1, 37_888));
      assertThat(losses.finite()).isFalse();
      assertThat(trainer.snapshot()).isEqualTo(before);
    }
  }
}
