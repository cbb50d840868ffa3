package dev.morphene.rave.model;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The configurations that come with RAVE 2.3, by name, and {@code tiny}, v2's architecture made
 * small enough to train on a laptop in minutes. Overlays change one of them.
 */
final class RavePresets {
  private static final List<List<Integer>> DILATIONS =
      List.of(List.of(1, 3, 9), List.of(1, 3, 9), List.of(1, 3, 9), List.of(1, 3));
  private static final List<Integer> RATIOS = List.of(4, 4, 4, 2);
  private static final List<Integer> PERIODS = List.of(2, 3, 5, 7, 11);
  private static final int SCALES = 3;
  private static final int LATENTS = 128;
  private static final int FEWER_LATENTS = 16;

  private static final Map<String, UnaryOperator<RaveConfig>> OVERLAYS = overlays();

  private RavePresets() {}

  static List<String> names() {
    return List.of("v1", "v2", "v2_small", "v3", "discrete", "onnx", "raspberry", "tiny");
  }

  static List<String> overlayNames() {
    return List.copyOf(OVERLAYS.keySet());
  }

  static RaveConfig named(String name, int samplingRateHz) {
    List<String> parts = new ArrayList<>(List.of(name.split("[+,]", -1)));
    RaveConfig config = base(parts.remove(0), samplingRateHz);
    for (String overlay : parts) {
      UnaryOperator<RaveConfig> change = OVERLAYS.get(overlay);
      if (change == null) {
        throw new JobFailure(
            FailureClass.BAD_INPUT,
            "Unknown overlay \""
                + overlay
                + "\" of the configuration "
                + name
                + "; choose among "
                + String.join(", ", OVERLAYS.keySet())
                + ".");
      }
      config = change.apply(config);
    }
    return config.toDraft().name(name.replace(',', '+')).build();
  }

  private static RaveConfig base(String name, int samplingRateHz) {
    return switch (name) {
      case "v1" ->
          v1(name, samplingRateHz, 64, Optional.of(new NoiseBranch(64, List.of(4, 4, 4), 5)));
      case "onnx" -> v1(name, samplingRateHz, 32, Optional.empty());
      case "raspberry" -> v1(name, samplingRateHz, 16, Optional.empty());
      case "v2" -> v2(name, samplingRateHz);
      case "v3" ->
          v2(name, samplingRateHz)
              .toDraft()
              .style(NetworkStyle.V2.withSnake().withAdain())
              .discriminator(DiscriminatorConfig.DESCRIPT)
              .build();
      case "v2_small" ->
          v2(name, samplingRateHz)
              .toDraft()
              .capacity(48)
              .ratios(List.of(4, 2, 2, 2))
              .noise(Optional.of(new NoiseBranch(64, List.of(2, 2, 2), 32)))
              .discriminator(DiscriminatorConfig.convolutional(48, PERIODS, SCALES))
              .training(
                  new TrainingConstants(
                      1_000_000, 0.01, 0.01, 300_000, 2, 20, 1, 1e-7, true, LossWeights.V2))
              .build();
      case "discrete" ->
          v2(name, samplingRateHz)
              .toDraft()
              .ratios(List.of(4, 4, 2, 2))
              .training(
                  new TrainingConstants(200_000, 0.1, 0.1, 1, 4, 20, 0, 1, true, LossWeights.V2))
              .latent(new LatentSpace(LatentSpace.Kind.DISCRETE, 128, 16, 1024))
              .build();
      case "tiny" ->
          v2(name, samplingRateHz)
              .toDraft()
              .capacity(16)
              .ratios(List.of(4, 2, 2, 2))
              .latentSize(FEWER_LATENTS)
              .discriminator(DiscriminatorConfig.convolutional(4, PERIODS, SCALES))
              .training(
                  new TrainingConstants(
                      2_000, 1e-6, 0.05, 1_000, 4, 20, 1, 1e-7, true, LossWeights.V2))
              .build();
      default ->
          throw new JobFailure(
              FailureClass.BAD_INPUT,
              "Unknown configuration \""
                  + name
                  + "\"; choose one of "
                  + String.join(", ", names())
                  + ".");
    };
  }

  private static RaveConfig v2(String name, int samplingRateHz) {
    return new RaveConfig(
        name,
        samplingRateHz,
        1,
        RaveConfig.BANDS,
        96,
        RATIOS,
        DILATIONS,
        LATENTS,
        3,
        Optional.empty(),
        DiscriminatorConfig.convolutional(96, PERIODS, SCALES),
        new TrainingConstants(1_000_000, 1e-6, 0.05, 20_000, 4, 20, 1, 1e-7, true, LossWeights.V2),
        NetworkStyle.V2,
        LatentSpace.VARIATIONAL);
  }

  /** The dilations are those of each stage's three residual layers, in the decoder alone. */
  private static RaveConfig v1(
      String name, int samplingRateHz, int capacity, Optional<NoiseBranch> noise) {
    List<Integer> layers = List.of(1, 3, 5);
    return v2(name, samplingRateHz)
        .toDraft()
        .capacity(capacity)
        .dilations(List.of(layers, layers, layers, layers))
        .noise(noise)
        .discriminator(DiscriminatorConfig.convolutional(capacity, List.of(), SCALES))
        .training(
            new TrainingConstants(1_000_000, 0.1, 0.1, 1, 2, 10, 0, 1e-7, false, LossWeights.V1))
        .style(NetworkStyle.V1)
        .build();
  }

  private static Map<String, UnaryOperator<RaveConfig>> overlays() {
    Map<String, UnaryOperator<RaveConfig>> overlays = new LinkedHashMap<>();
    overlays.put("causal", config -> config.toDraft().style(config.style().causal()).build());
    overlays.put(
        "noise",
        config ->
            secondGeneration(config, "noise")
                .toDraft()
                .noise(Optional.of(new NoiseBranch(128, List.of(2, 2, 2), 5)))
                .build());
    overlays.put("wasserstein", config -> wasserstein(secondGeneration(config, "wasserstein")));
    overlays.put(
        "spherical",
        config ->
            secondGeneration(config, "spherical")
                .withLatent(FEWER_LATENTS, LatentSpace.SPHERICAL)
                .withPhaseOneSteps(200_000));
    overlays.put(
        "snake",
        config ->
            secondGeneration(config, "snake").toDraft().style(config.style().withSnake()).build());
    overlays.put(
        "adain",
        config ->
            secondGeneration(config, "adain").toDraft().style(config.style().withAdain()).build());
    overlays.put(
        "descript_discriminator", config -> config.withDiscriminator(DiscriminatorConfig.DESCRIPT));
    overlays.put(
        "spectral_discriminator",
        config ->
            config.withDiscriminator(
                DiscriminatorConfig.spectral(
                    convolutionalCapacity(config), config.discriminator().scales())));
    return overlays;
  }

  /** Of multi-scale discriminators; Descript's have a width of their own. */
  private static int convolutionalCapacity(RaveConfig config) {
    return config.discriminator().kind() == DiscriminatorConfig.Kind.DESCRIPT
        ? config.capacity()
        : config.discriminator().capacity();
  }

  private static RaveConfig wasserstein(RaveConfig config) {
    TrainingConstants old = config.training();
    return config
        .withLatent(FEWER_LATENTS, new LatentSpace(LatentSpace.Kind.WASSERSTEIN, 128, 0, 0))
        .withTraining(
            new TrainingConstants(
                200_000,
                100,
                100,
                old.betaWarmupSteps(),
                old.updateDiscriminatorEvery(),
                old.featureMatchingWeight(),
                old.skippedFeatures(),
                old.logEpsilon(),
                old.validSignalCrop(),
                new LossWeights(2, 2, 2, old.weights().relativeMatching())));
  }

  private static RaveConfig secondGeneration(RaveConfig config, String overlay) {
    if (config.style().generation() != NetworkStyle.Generation.V2) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "The overlay "
              + overlay
              + " is of the second generation and does not fit "
              + config.name()
              + "; put it on v2, v2_small, v3, discrete or tiny.");
    }
    return config;
  }
}
