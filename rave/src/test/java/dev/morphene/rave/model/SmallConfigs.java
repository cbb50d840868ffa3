package dev.morphene.rave.model;

import java.util.List;
import java.util.Optional;

/** Presets made narrow: the same layers, delays and reach at a fraction of the work. */
public final class SmallConfigs {
  private static final int LATENTS = 6;

  private SmallConfigs() {}

  /** With a few latents and a few channels; no time constant of the network changes. */
  public static RaveConfig narrow(String preset, int capacity) {
    RaveConfig config = RaveConfig.preset(preset, 44_100);
    Optional<NoiseBranch> noise =
        config
            .noise()
            .map(branch -> new NoiseBranch(capacity, branch.ratios(), branch.filterBands()));
    int noiseChannels = config.latent().noiseChannels() > 0 ? 2 : 0;
    LatentSpace latent =
        new LatentSpace(
            config.latent().kind(),
            noiseChannels,
            config.latent().quantizers(),
            config.latent().codes());
    return config
        .toDraft()
        .capacity(capacity)
        .latentSize(LATENTS)
        .noise(noise)
        .latent(latent)
        .build();
  }

  /** With other ratios, and the preset's dilations as far as they go; without noise. */
  static RaveConfig withRatios(String preset, Integer... ratios) {
    RaveConfig config = narrow(preset, 3);
    return config
        .toDraft()
        .ratios(List.of(ratios))
        .dilations(config.dilations().subList(0, ratios.length))
        .noise(Optional.empty())
        .build();
  }
}
