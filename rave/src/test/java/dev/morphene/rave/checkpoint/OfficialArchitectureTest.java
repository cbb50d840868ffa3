package dev.morphene.rave.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.gin.GinConfig;
import dev.morphene.rave.gin.OfficialSettings;
import dev.morphene.rave.model.DiscriminatorConfig;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.JobFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors and settings tell every configuration apart. */
class OfficialArchitectureTest {
  private final List<String> notes = new ArrayList<>();

  private static OfficialSettings settings(RaveConfig config) {
    return OfficialSettings.of(
        GinConfig.parse(
            "config.gin",
            "SAMPLING_RATE = 48000\nDILATIONS = "
                + config.dilations()
                + "\nconvs.get_padding.mode = '"
                + config.style().padding().name().toLowerCase(java.util.Locale.ROOT)
                + "'\n"));
  }

  private static Map<String, TensorData> tensors(RaveConfig config) {
    Map<String, TensorData> tensors =
        new LinkedHashMap<>(ModelWeights.initial(config, 1).tensors());
    DiscriminatorConfig judges = config.discriminator();
    boolean periods = !judges.periods().isEmpty();
    if (judges.kind() == DiscriminatorConfig.Kind.DESCRIPT) {
      tensors.put(
          "discriminator.discriminators.0.convs.0.0.bias", TensorData.zeros(judges.capacity()));
      return tensors;
    }
    if (judges.kind() == DiscriminatorConfig.Kind.SPECTRAL) {
      tensors.put("discriminator.discriminators.1.specs.0.window", TensorData.zeros(4096));
      for (int i = 0; i < judges.scales(); i++) {
        judge(tensors, "discriminators.0.layers." + i, judges.capacity());
      }
      return tensors;
    }
    for (int i = 0; i < judges.periods().size(); i++) {
      judge(tensors, "discriminators.0.layers." + i, judges.capacity());
    }
    for (int i = 0; i < judges.scales(); i++) {
      judge(tensors, (periods ? "discriminators.1.layers." : "layers.") + i, judges.capacity());
    }
    return tensors;
  }

  private static void judge(Map<String, TensorData> tensors, String layer, int capacity) {
    tensors.put("discriminator." + layer + ".net.0.bias", TensorData.zeros(capacity));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v1",
        "onnx",
        "v1+causal",
        "v2",
        "v2_small",
        "v2_small+causal",
        "v3",
        "v2+noise",
        "v2+wasserstein",
        "v2+snake",
        "v2+adain",
        "v2+descript_discriminator",
        "v2+spectral_discriminator",
        "v2+spherical",
        "discrete",
        "tiny"
      })
  void theTensorsTellWhatTheModelIs(String preset) {
    for (int channels = 1; channels <= 2; channels++) {
      RaveConfig config = OfficialFixture.shrunken(preset).withChannels(channels);
      RaveConfig found = OfficialArchitecture.of(tensors(config), settings(config), notes);
      assertThat(found.name()).isEqualTo(OfficialPreset.OWN);
      assertThat(found.withTraining(config.training()))
          .usingRecursiveComparison()
          .ignoringFields("name")
          .isEqualTo(config);
    }
    assertThat(notes).isEmpty();
  }

  @Test
  void presetsAreKnownByTheirNames() {
    for (String base : RaveConfig.presetNames()) {
      assertThat(named(base)).isEqualTo(base);
      assertThat(named(base + "+causal")).isEqualTo(base + "+causal");
    }
    for (String name :
        List.of(
            "v2+noise",
            "v2+wasserstein",
            "v2+causal+wasserstein",
            "v2+spherical",
            "v2_small+snake",
            "v3+spherical",
            "discrete+snake+descript_discriminator")) {
      assertThat(named(name)).isEqualTo(name);
    }
    // The same model under another name.
    assertThat(named("v2+snake+adain+descript_discriminator")).isEqualTo("v3");
    RaveConfig none = OfficialFixture.shrunken("v2");
    assertThat(OfficialPreset.named(none, OfficialSettings.unknown()).name())
        .isEqualTo(OfficialPreset.OWN);
  }

  private static String named(String name) {
    RaveConfig config = RaveConfig.preset(name, 44_100);
    RaveConfig found = OfficialPreset.named(config, OfficialSettings.unknown());
    assertThat(found.withTraining(config.training()))
        .usingRecursiveComparison()
        .ignoringFields("name")
        .isEqualTo(config);
    assertThat(found.training()).isEqualTo(config.training());
    return found.name();
  }

  /** Before 2.1.12 every stage of v2 had three residual units. */
  @Test
  void oldRunsWithThreeUnitsInEveryStageAreRead() {
    RaveConfig config = OfficialFixture.shrunken("v2");
    List<Integer> three = List.of(1, 3, 9);
    RaveConfig old =
        config
            .toDraft()
            .name("own")
            .samplingRateHz(48_000)
            .channels(1)
            .capacity(4)
            .dilations(List.of(three, three, three, three))
            .latentSize(8)
            .kernelSize(3)
            .build();
    RaveConfig assumed = OfficialArchitecture.of(tensors(old), OfficialSettings.unknown(), notes);
    assertThat(assumed.dilations()).isEqualTo(old.dilations());
    assertThat(notes).singleElement().asString().contains("DILATIONS");
    OfficialSettings oneList =
        OfficialSettings.of(GinConfig.parse("config.gin", "DILATIONS = [1, 3, 9]"));
    assertThat(OfficialArchitecture.of(tensors(old), oneList, notes).dilations())
        .isEqualTo(old.dilations());
  }

  @Test
  void settingsOfTheTrainingAreTakenOver() {
    RaveConfig config =
        OfficialPreset.named(
            RaveConfig.preset("v2", 44_100),
            OfficialSettings.of(
                GinConfig.parse(
                    "config.gin",
                    """
                    PHASE_1_DURATION = 300
                    model.RAVE.update_discriminator_every = 3
                    model.RAVE.num_skipped_features = 2
                    model.BetaWarmupCallback.initial_value = 0.5
                    model.BetaWarmupCallback.target_value = 2
                    model.BetaWarmupCallback.warmup_len = 70
                    """)));
    assertThat(config.training().phaseOneSteps()).isEqualTo(300);
    assertThat(config.training().updateDiscriminatorEvery()).isEqualTo(3);
    assertThat(config.training().skippedFeatures()).isEqualTo(2);
    assertThat(config.training().betaInitial()).isEqualTo(0.5);
    assertThat(config.training().betaTarget()).isEqualTo(2);
    assertThat(config.training().betaWarmupSteps()).isEqualTo(70);
  }

  @Test
  void whatIsNoModelIsRefusedByTheTensorThatSaysSo() {
    RaveConfig config = OfficialFixture.shrunken("v2_small");
    refused(config, "encoder.encoder.net.0.weight_v", null);
    refused(config, "encoder.encoder.net.0.weight_v", TensorData.zeros(4, 15, 7));
    refused(config, "encoder.encoder.net.0.weight_v", TensorData.zeros(4));
    refused(config, "latent_pca", null);
    refused(config, "latent_pca", TensorData.scalar(1f));
    refused(config, "decoder.net.0.weight_v", TensorData.zeros(4, 3, 3));
    refused(config, "decoder.noise_module.target_size", TensorData.scalar(9L));
    refused(config, "decoder.noise_module.target_size", TensorData.zeros(2));
    refused(config, "decoder.noise_module.net.0.weight", null);
    assertThatThrownBy(() -> OfficialArchitecture.of(Map.of(), settings(config), notes))
        .isInstanceOf(JobFailure.class);
  }

  private void refused(RaveConfig config, String key, TensorData instead) {
    Map<String, TensorData> tensors = tensors(config);
    if (instead == null) {
      tensors.remove(key);
    } else {
      tensors.put(key, instead);
    }
    assertThatThrownBy(() -> OfficialArchitecture.of(tensors, settings(config), notes))
        .as(key + " " + instead)
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining(key);
  }
}
