package dev.morphene.protocol.spec;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.morphene.protocol.json.Required;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a training run does beyond the plain recipe.
 *
 * @param randomPitch stretch every second item by a random factor; default: none
 * @param normalize bring the peak of every item to full scale, by 30 dB at most; default false
 * @param derivative train on half the difference of neighbouring samples; default false
 * @param augmentations in the order they are applied, each once; default none
 * @param emaFactor keep a moving average of the generator's weights; above 0, below 1; default:
 *     none
 * @param precision of the convolutions of encoder and decoder in training steps; default fp32
 * @param stopOn conditions that end the run; default none
 */
public record TrainFeatures(
    Optional<PitchRange> randomPitch,
    Optional<Boolean> normalize,
    Optional<Boolean> derivative,
    List<Augmentation> augmentations,
    OptionalDouble emaFactor,
    Optional<Precision> precision,
    List<Condition> stopOn) {
  /** Lengths of an item, as factors; 2 is an octave lower. */
  private static final double LEAST_STRETCH = 0.1;

  private static final double MOST_STRETCH = 10;

  public TrainFeatures {
    augmentations = Required.listOrEmpty(augmentations);
    if (new HashSet<>(augmentations).size() < augmentations.size()) {
      throw new IllegalArgumentException("\"augmentations\" names one of them twice.");
    }
    emaFactor.ifPresent(
        value -> Required.between(Math.ulp(0.0), Math.nextDown(1.0), value, "emaFactor"));
    stopOn = Required.listOrEmpty(stopOn);
  }

  /** Between these factors of length; the lower one first. */
  public record PitchRange(double lowest, double highest) {
    public PitchRange {
      Required.between(LEAST_STRETCH, MOST_STRETCH, lowest, "lowest");
      Required.between(lowest, MOST_STRETCH, highest, "highest");
    }
  }

  /** What may happen to an item at random. */
  public enum Augmentation {
    /** Silence. */
    @JsonProperty("mute")
    MUTE,
    /** A compander. */
    @JsonProperty("compress")
    COMPRESS,
    /** Louder or softer. */
    @JsonProperty("gain")
    GAIN
  }

  /** Numbers to calculate with. */
  public enum Precision {
    /** 32 bits. */
    @JsonProperty("fp32")
    FP32,
    /** 16 bits with the range of 32; for GPUs. */
    @JsonProperty("bf16")
    BF16
  }

  /** What can be wrong with a model in training. */
  public enum Condition {
    /** Losses are no numbers; always ends a run. */
    @JsonProperty("nan")
    NAN,
    /** Output is silent. */
    @JsonProperty("silence")
    SILENCE,
    /** Output is beyond full scale. */
    @JsonProperty("clipping")
    CLIPPING,
    /** Latents say nothing. */
    @JsonProperty("collapse")
    COLLAPSE,
    /** Discriminators have won. */
    @JsonProperty("runaway")
    RUNAWAY,
    /** Validations stopped to get better; ends a run as completed. */
    @JsonProperty("plateau")
    PLATEAU
  }
}
