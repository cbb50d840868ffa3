package dev.morphene.rave.process;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can go wrong with a model in training while every step succeeds. */
public enum HealthCondition {
  /** Losses or weights are no numbers; such a run always ends. */
  @JsonProperty("nan")
  NAN,
  /** The model answers recordings with silence. */
  @JsonProperty("silence")
  SILENCE,
  /** The model's output goes beyond full scale where the recordings do not. */
  @JsonProperty("clipping")
  CLIPPING,
  /** The latents say nothing about the recordings any more. */
  @JsonProperty("collapse")
  COLLAPSE,
  /** The discriminators tell every reconstruction with ease and teach the decoder nothing. */
  @JsonProperty("runaway")
  RUNAWAY,
  /** Validations have stopped to get better. */
  @JsonProperty("plateau")
  PLATEAU;

  /** As lines and options spell it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException that names the words there are
   */
  public static HealthCondition of(String word) {
    return Arrays.stream(values())
        .filter(condition -> condition.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "\""
                        + word
                        + "\" is no condition that is watched for; use "
                        + Arrays.stream(values())
                            .map(HealthCondition::word)
                            .collect(Collectors.joining(", "))
                        + "."));
  }
}
