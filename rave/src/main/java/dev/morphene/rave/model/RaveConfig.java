package dev.morphene.rave.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.ProcessJson;
import java.util.List;
import java.util.Optional;

/**
 * A RAVE model's architecture and training constants; the same values as the configuration of that
 * name in RAVE 2.3.
 *
 * @param name of the preset this started from
 * @param samplingRateHz changes no shape
 * @param channels of audio, 1 or 2
 * @param bands of the PQMF, always 16
 * @param capacity channels after the first convolution; doubled by every stage
 * @param ratios down-sampling of the stages, encoder order; even numbers
 * @param dilations of each stage's residual units, encoder order; one list per ratio
 * @param latentSize channels of the latent
 * @param kernelSize of residual and latent convolutions; odd
 * @param noise present when the decoder adds filtered noise
 */
public record RaveConfig(
    String name,
    int samplingRateHz,
    int channels,
    int bands,
    int capacity,
    List<Integer> ratios,
    List<List<Integer>> dilations,
    int latentSize,
    int kernelSize,
    Optional<NoiseBranch> noise,
    DiscriminatorConfig discriminator,
    TrainingConstants training) {

  /** Bands of the only filter bank there is. */
  public static final int BANDS = 16;

  private static final List<List<Integer>> DILATIONS =
      List.of(List.of(1, 3, 9), List.of(1, 3, 9), List.of(1, 3, 9), List.of(1, 3));

  public RaveConfig {
    ratios = List.copyOf(ratios);
    dilations = dilations.stream().map(List::copyOf).toList();
    require(!name.isBlank(), "A configuration needs a name", name);
    require(
        samplingRateHz >= 8_000 && samplingRateHz <= 192_000,
        "samplingRateHz is 8000 to 192000",
        samplingRateHz);
    require(channels == 1 || channels == 2, "channels is 1 or 2", channels);
    require(bands == BANDS, "bands is 16", bands);
    require(capacity >= 1 && capacity <= 1024, "capacity is 1 to 1024", capacity);
    require(!ratios.isEmpty() && ratios.size() <= 8, "There are 1 to 8 ratios", ratios);
    require(
        ratios.stream().allMatch(ratio -> ratio >= 2 && ratio <= 16 && ratio % 2 == 0),
        "Ratios are even, 2 to 16",
        ratios);
    require(dilations.size() == ratios.size(), "There is one dilation list per ratio", dilations);
    require(
        dilations.stream().flatMap(List::stream).allMatch(d -> d >= 1 && d <= 81),
        "Dilations are 1 to 81",
        dilations);
    require(latentSize >= 1 && latentSize <= 1024, "latentSize is 1 to 1024", latentSize);
    require(
        kernelSize >= 3 && kernelSize <= 15 && kernelSize % 2 == 1,
        "kernelSize is odd, 3 to 15",
        kernelSize);
  }

  /** Names {@link #preset} knows. */
  public static List<String> presetNames() {
    return List.of("v2", "v2_small", "tiny");
  }

  /**
   * A preset by name: {@code v2}, {@code v2_small}, or {@code tiny}, v2's architecture made small
   * enough to train on a laptop in minutes.
   *
   * @throws JobFailure for any other name
   */
  public static RaveConfig preset(String name, int samplingRateHz) {
    return switch (name) {
      case "v2" ->
          new RaveConfig(
              name,
              samplingRateHz,
              1,
              BANDS,
              96,
              List.of(4, 4, 4, 2),
              DILATIONS,
              128,
              3,
              Optional.empty(),
              new DiscriminatorConfig(96, List.of(2, 3, 5, 7, 11), 3),
              new TrainingConstants(1_000_000, 1e-6, 0.05, 20_000, 4, 20, 1, 1e-7, true));
      case "v2_small" ->
          new RaveConfig(
              name,
              samplingRateHz,
              1,
              BANDS,
              48,
              List.of(4, 2, 2, 2),
              DILATIONS,
              128,
              3,
              Optional.of(new NoiseBranch(64, List.of(2, 2, 2), 32)),
              new DiscriminatorConfig(48, List.of(2, 3, 5, 7, 11), 3),
              new TrainingConstants(1_000_000, 0.01, 0.01, 300_000, 2, 20, 1, 1e-7, true));
      case "tiny" ->
          new RaveConfig(
              name,
              samplingRateHz,
              1,
              BANDS,
              16,
              List.of(4, 2, 2, 2),
              DILATIONS,
              16,
              3,
              Optional.empty(),
              new DiscriminatorConfig(4, List.of(2, 3, 5, 7, 11), 3),
              new TrainingConstants(2_000, 1e-6, 0.05, 1_000, 4, 20, 1, 1e-7, true));
      default ->
          throw new JobFailure(
              FailureClass.BAD_INPUT,
              "Unknown configuration \""
                  + name
                  + "\"; choose one of "
                  + String.join(", ", presetNames())
                  + ".");
    };
  }

  /** Audio samples of one latent frame. */
  public int compressionRatio() {
    return bands * ratios.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
  }

  /** The same architecture with another length of the first phase. */
  public RaveConfig withPhaseOneSteps(long phaseOneSteps) {
    TrainingConstants old = training;
    return withTraining(
        new TrainingConstants(
            phaseOneSteps,
            old.betaInitial(),
            old.betaTarget(),
            old.betaWarmupSteps(),
            old.updateDiscriminatorEvery(),
            old.featureMatchingWeight(),
            old.skippedFeatures(),
            old.logEpsilon(),
            old.validSignalCrop()));
  }

  /** The same model for another number of audio channels. */
  public RaveConfig withChannels(int other) {
    return new RaveConfig(
        name,
        samplingRateHz,
        other,
        bands,
        capacity,
        ratios,
        dilations,
        latentSize,
        kernelSize,
        noise,
        discriminator,
        training);
  }

  /** The same architecture trained otherwise. */
  public RaveConfig withTraining(TrainingConstants other) {
    return new RaveConfig(
        name,
        samplingRateHz,
        channels,
        bands,
        capacity,
        ratios,
        dilations,
        latentSize,
        kernelSize,
        noise,
        discriminator,
        other);
  }

  public String toJson() {
    try {
      return ProcessJson.mapper().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A configuration always has a JSON form.", e);
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws JobFailure when the text is no configuration or a value is out of bounds
   */
  public static RaveConfig fromJson(String json) {
    try {
      return ProcessJson.mapper().readValue(json, RaveConfig.class);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      if (e.getCause() instanceof JobFailure failure) {
        throw failure;
      }
      throw new JobFailure(
          FailureClass.UNREADABLE,
          "This text is not a model configuration: " + firstLine(e.getMessage()),
          e);
    }
  }

  private static String firstLine(String message) {
    return message == null ? "no detail" : message.lines().findFirst().orElse("no detail");
  }

  private static void require(boolean holds, String rule, Object got) {
    if (!holds) {
      throw new JobFailure(FailureClass.BAD_INPUT, rule + "; got " + got + ".");
    }
  }
}
