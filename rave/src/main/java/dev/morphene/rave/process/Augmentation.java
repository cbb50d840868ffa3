package dev.morphene.rave.process;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What may happen to an item at random so that a model learns from more than was recorded. */
public enum Augmentation implements Spelled {
  /** The whole item is silence, one time in ten. */
  @JsonProperty("mute")
  MUTE,
  /** Loud and quiet parts are brought nearer or drawn apart, eight times in ten. */
  @JsonProperty("compress")
  COMPRESS,
  /** −6 to 3 dB, every second time. */
  @JsonProperty("gain")
  GAIN;

  /**
   * @throws IllegalArgumentException that names the words there are
   */
  public static Augmentation of(String word) {
    return Spelled.of(Augmentation.class, word, "augmentation");
  }
}
