package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.model.DiscriminatorConfig;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.model.SmallConfigs;
import dev.morphene.rave.process.Precision;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entries of whole checkpoints: networks, latents, discriminators, analysis and losses. */
class StateDictSizeTest {
  /** In official ones, the filter bank is there once more, in another layout. */
  private static final int SECOND_BANK = 2;

  @ParameterizedTest
  @CsvSource({
    "v1, 154",
    "onnx, 150",
    "raspberry, 150",
    "v2, 243",
    "v2_small, 247",
    "v3, 644",
    "discrete, 308",
    "v2+wasserstein, 243",
    "v2+spherical, 242",
    "v2+noise, 247",
    "v2+adain, 419",
    "v2+snake, 253",
    "v2+causal, 243",
    "v2+spectral_discriminator, 268",
    "v2+descript_discriminator, 458",
    "discrete+snake+descript_discriminator, 533"
  })
  void thereAreAsManyAsOfficially(String preset, int entries) {
    RaveConfig config = SmallConfigs.narrow(preset, 2);
    DiscriminatorConfig judges = config.discriminator();
    RaveConfig narrow =
        config.withDiscriminator(
            new DiscriminatorConfig(2, judges.periods(), judges.scales(), judges.kind()));
    assertThat(
            TrainingScript.of(narrow, 1, false, Precision.FP32).root().stateDict().keySet().stream()
                .filter(path -> !path.matches("_.*|.*\\._\\w+")))
        .hasSize(entries - SECOND_BANK);
  }
}
