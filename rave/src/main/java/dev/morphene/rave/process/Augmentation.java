package dev.morphene.rave.process;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What may happen to an item at random so that a model learns from more than was recorded. */
public enum Augmentation {
  /** The whole item is silence, one time in ten. */
  @JsonProperty("mute")
  MUTE,
  /** Loud and quiet parts are brought nearer or drawn apart, eight times in ten. */
  @JsonProperty("compress")
  COMPRESS,
  /** −6 to 3 dB, every second time. */
  @JsonProperty("gain")
  GAIN;

  /** As requests and options spell it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException that names the words there are
   */
  public static Augmentation of(String word) {
    return Arrays.stream(values())
        .filter(augmentation -> augmentation.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "\""
                        + word
                        + "\" is no augmentation; use "
                        + Arrays.stream(values())
                            .map(Augmentation::word)
                            .collect(Collectors.joining(", "))
                        + "."));
  }
}
