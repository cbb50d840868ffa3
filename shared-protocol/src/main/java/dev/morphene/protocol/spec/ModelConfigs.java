package dev.morphene.protocol.spec;

import java.util.Arrays;
import java.util.List;

/**
 * Names of the model configurations that this program trains, audits and exports: a base, and
 * overlays after it, divided by commas or plus signs ({@code v2}, {@code v2_small,causal}).
 */
public final class ModelConfigs {
  public static final List<String> BASES =
      List.of("v1", "v2", "v2_small", "v3", "discrete", "onnx", "raspberry", "tiny");
  public static final List<String> OVERLAYS =
      List.of(
          "causal",
          "noise",
          "wasserstein",
          "spherical",
          "snake",
          "adain",
          "descript_discriminator",
          "spectral_discriminator");

  private ModelConfigs() {}

  /** Whether all parts are known; an overlay that does not fit its base only the engine refuses. */
  public static boolean areKnown(String config) {
    List<String> parts = Arrays.asList(config.split("[+,]", -1));
    return BASES.contains(parts.get(0)) && OVERLAYS.containsAll(parts.subList(1, parts.size()));
  }

  /** The first part, {@code v2} of {@code v2,noise}. */
  public static String baseOf(String config) {
    return config.split("[+,]", 2)[0];
  }
}
