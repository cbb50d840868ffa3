package dev.morphene.rave.process;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What can go wrong with a model in training while every step succeeds. */
public enum HealthCondition implements Spelled {
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

  /**
   * @throws IllegalArgumentException that names the words there are
   */
  public static HealthCondition of(String word) {
    return Spelled.of(HealthCondition.class, word, "condition that is watched for");
  }
}
