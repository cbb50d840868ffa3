package dev.morphene.rave.checkpoint;

import dev.morphene.rave.gin.OfficialSettings;
import dev.morphene.rave.model.DiscriminatorConfig;
import dev.morphene.rave.model.LatentSpace;
import dev.morphene.rave.model.NetworkStyle;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.model.TrainingConstants;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The configuration's name that an architecture goes by here, which a training has to be asked for
 * by; with it come the training constants that nothing in an official run tells.
 */
final class OfficialPreset {
  /** The name of an architecture that is none of the configurations. */
  static final String OWN = "own";

  private OfficialPreset() {}

  /** The same architecture, named and with its training constants. */
  static RaveConfig named(RaveConfig structure, OfficialSettings settings) {
    Optional<RaveConfig> preset = preset(structure);
    RaveConfig base = preset.orElseGet(() -> nearest(structure));
    return structure
        .toDraft()
        .name(preset.map(RaveConfig::name).orElse(OWN))
        .training(training(base.training(), settings))
        .build();
  }

  /** With as few overlays as possible. */
  private static Optional<RaveConfig> preset(RaveConfig structure) {
    List<String> overlays = overlays(structure);
    List<String> additions = new ArrayList<>();
    for (int subset = 0; subset < 1 << overlays.size(); subset++) {
      StringBuilder addition = new StringBuilder();
      for (int i = 0; i < overlays.size(); i++) {
        if ((subset >> i & 1) == 1) {
          addition.append('+').append(overlays.get(i));
        }
      }
      additions.add(addition.toString());
    }
    additions.sort((a, b) -> Long.compare(plus(a), plus(b)));
    for (String addition : additions) {
      for (String base : RaveConfig.presetNames()) {
        if (generation(base) != structure.style().generation()) {
          continue;
        }
        RaveConfig candidate =
            RaveConfig.preset(base + addition, structure.samplingRateHz())
                .withChannels(structure.channels());
        if (same(candidate, structure)) {
          return Optional.of(candidate);
        }
      }
    }
    return Optional.empty();
  }

  private static long plus(String addition) {
    return addition.chars().filter(c -> c == '+').count();
  }

  private static NetworkStyle.Generation generation(String base) {
    return RaveConfig.preset(base, 44_100).style().generation();
  }

  /** Those that could have made it what it is. */
  private static List<String> overlays(RaveConfig structure) {
    List<String> overlays = new ArrayList<>();
    NetworkStyle style = structure.style();
    if (style.padding() == NetworkStyle.Padding.CAUSAL) {
      overlays.add("causal");
    }
    if (style.generation() == NetworkStyle.Generation.V1) {
      return overlays;
    }
    structure.noise().ifPresent(branch -> overlays.add("noise"));
    if (structure.latent().kind() == LatentSpace.Kind.WASSERSTEIN) {
      overlays.add("wasserstein");
    }
    if (structure.latent().kind() == LatentSpace.Kind.SPHERICAL) {
      overlays.add("spherical");
    }
    if (style.snake()) {
      overlays.add("snake");
    }
    if (style.adain()) {
      overlays.add("adain");
    }
    if (structure.discriminator().kind() == DiscriminatorConfig.Kind.DESCRIPT) {
      overlays.add("descript_discriminator");
    }
    if (structure.discriminator().kind() == DiscriminatorConfig.Kind.SPECTRAL) {
      overlays.add("spectral_discriminator");
    }
    return overlays;
  }

  private static boolean same(RaveConfig a, RaveConfig b) {
    return a.capacity() == b.capacity()
        && a.ratios().equals(b.ratios())
        && a.dilations().equals(b.dilations())
        && a.latentSize() == b.latentSize()
        && a.kernelSize() == b.kernelSize()
        && a.noise().equals(b.noise())
        && a.discriminator().equals(b.discriminator())
        && a.style().equals(b.style())
        && a.latent().equals(b.latent());
  }

  private static RaveConfig nearest(RaveConfig structure) {
    String name =
        structure.style().generation() == NetworkStyle.Generation.V1
            ? "v1"
            : switch (structure.latent().kind()) {
              case VARIATIONAL -> "v2";
              case WASSERSTEIN -> "v2+wasserstein";
              case SPHERICAL -> "v2+spherical";
              case DISCRETE -> "discrete";
            };
    return RaveConfig.preset(name, structure.samplingRateHz());
  }

  private static TrainingConstants training(TrainingConstants base, OfficialSettings said) {
    return new TrainingConstants(
        said.phaseOneSteps().orElse(base.phaseOneSteps()),
        said.betaInitial().orElse(base.betaInitial()),
        said.betaTarget().orElse(base.betaTarget()),
        said.betaWarmupSteps().orElse(base.betaWarmupSteps()),
        said.updateDiscriminatorEvery().orElse(base.updateDiscriminatorEvery()),
        base.featureMatchingWeight(),
        said.skippedFeatures().orElse(base.skippedFeatures()),
        base.logEpsilon(),
        base.validSignalCrop(),
        base.weights());
  }
}
