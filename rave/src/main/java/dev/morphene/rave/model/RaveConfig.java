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
 * @param channels of audio, 1 to 16
 * @param bands of the PQMF, always 16
 * @param capacity channels after the first convolution; doubled by every stage
 * @param ratios down-sampling of the stages, encoder order; even numbers
 * @param dilations of each stage's residual units, encoder order; one list per ratio
 * @param latentSize channels of the latent
 * @param kernelSize of residual and latent convolutions; odd
 * @param noise present when the decoder adds filtered noise
 * @param style what the layers are made of; v2's where a file does not say
 * @param latent what is between encoder and decoder; variational where a file does not say
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
    TrainingConstants training,
    NetworkStyle style,
    LatentSpace latent) {

  /** Bands of the only filter bank there is. */
  public static final int BANDS = 16;

  private static final int MAXIMUM_CHANNELS = 16;

  public RaveConfig {
    style = style == null ? NetworkStyle.V2 : style;
    latent = latent == null ? LatentSpace.VARIATIONAL : latent;
    ratios = List.copyOf(ratios);
    dilations = dilations.stream().map(List::copyOf).toList();
    require(!name.isBlank(), "A configuration needs a name", name);
    require(
        samplingRateHz >= 8_000 && samplingRateHz <= 192_000,
        "samplingRateHz is 8000 to 192000",
        samplingRateHz);
    require(channels >= 1 && channels <= MAXIMUM_CHANNELS, "channels is 1 to 16", channels);
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
    int frame = ratios.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    require(
        noise.isEmpty() || frame % noise.get().frameBandSamples() == 0,
        "A latent frame holds a whole number of noise frames",
        ratios + " and " + noise.map(NoiseBranch::ratios).orElse(List.of()));
    if (style.generation() == NetworkStyle.Generation.V1) {
      require(
          !style.snake() && !style.adain(),
          "The first generation has neither Snake nor adaptive normalisation",
          style);
      require(
          latentSize * latent.encoderOutputs() % 2 == 0,
          "The first generation's encoder has an even number of outputs",
          latentSize * latent.encoderOutputs());
    }
  }

  /** Names {@link #preset} knows; overlays are added to one of them with a plus sign. */
  public static List<String> presetNames() {
    return RavePresets.names();
  }

  /** Names of the overlays that {@link #preset} knows. */
  public static List<String> overlayNames() {
    return RavePresets.overlayNames();
  }

  /**
   * A preset by name, with overlays: {@code v2}, {@code v2_small+causal}.
   *
   * @throws JobFailure for a name that is not known, or an overlay that does not fit
   */
  public static RaveConfig preset(String name, int samplingRateHz) {
    return RavePresets.named(name, samplingRateHz);
  }

  /** Audio samples of one latent frame. */
  public int compressionRatio() {
    return bands * ratios.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
  }

  /** The same architecture with another length of the first phase. */
  public RaveConfig withPhaseOneSteps(long phaseOneSteps) {
    return withTraining(training.withPhaseOneSteps(phaseOneSteps));
  }

  /** The same model for another number of audio channels. */
  public RaveConfig withChannels(int other) {
    return toDraft().channels(other).build();
  }

  /** The same architecture trained otherwise. */
  public RaveConfig withTraining(TrainingConstants other) {
    return toDraft().training(other).build();
  }

  /** The same model trained against other discriminators. */
  public RaveConfig withDiscriminator(DiscriminatorConfig other) {
    return toDraft().discriminator(other).build();
  }

  /** The same architecture with another latent. */
  public RaveConfig withLatent(int size, LatentSpace other) {
    return toDraft().latentSize(size).latent(other).build();
  }

  /** To make another configuration out of this one: change what differs, then build. */
  public Draft toDraft() {
    return new Draft(this);
  }

  /** A configuration being made out of another; checked when it is built. */
  public static final class Draft {
    private String name;
    private int samplingRateHz;
    private int channels;
    private int capacity;
    private List<Integer> ratios;
    private List<List<Integer>> dilations;
    private int latentSize;
    private int kernelSize;
    private Optional<NoiseBranch> noise;
    private DiscriminatorConfig discriminator;
    private TrainingConstants training;
    private NetworkStyle style;
    private LatentSpace latent;

    private Draft(RaveConfig from) {
      this.name = from.name;
      this.samplingRateHz = from.samplingRateHz;
      this.channels = from.channels;
      this.capacity = from.capacity;
      this.ratios = from.ratios;
      this.dilations = from.dilations;
      this.latentSize = from.latentSize;
      this.kernelSize = from.kernelSize;
      this.noise = from.noise;
      this.discriminator = from.discriminator;
      this.training = from.training;
      this.style = from.style;
      this.latent = from.latent;
    }

    public Draft name(String value) {
      this.name = value;
      return this;
    }

    public Draft samplingRateHz(int value) {
      this.samplingRateHz = value;
      return this;
    }

    public Draft channels(int value) {
      this.channels = value;
      return this;
    }

    public Draft capacity(int value) {
      this.capacity = value;
      return this;
    }

    public Draft ratios(List<Integer> value) {
      this.ratios = value;
      return this;
    }

    public Draft dilations(List<List<Integer>> value) {
      this.dilations = value;
      return this;
    }

    public Draft latentSize(int value) {
      this.latentSize = value;
      return this;
    }

    public Draft kernelSize(int value) {
      this.kernelSize = value;
      return this;
    }

    public Draft noise(Optional<NoiseBranch> value) {
      this.noise = value;
      return this;
    }

    public Draft discriminator(DiscriminatorConfig value) {
      this.discriminator = value;
      return this;
    }

    public Draft training(TrainingConstants value) {
      this.training = value;
      return this;
    }

    public Draft style(NetworkStyle value) {
      this.style = value;
      return this;
    }

    public Draft latent(LatentSpace value) {
      this.latent = value;
      return this;
    }

    /**
     * @throws JobFailure when values are out of bounds or do not fit each other
     */
    public RaveConfig build() {
      return new RaveConfig(
          name,
          samplingRateHz,
          channels,
          BANDS,
          capacity,
          ratios,
          dilations,
          latentSize,
          kernelSize,
          noise,
          discriminator,
          training,
          style,
          latent);
    }
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
