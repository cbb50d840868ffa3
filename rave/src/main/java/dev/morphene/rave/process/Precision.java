package dev.morphene.rave.process;

import com.fasterxml.jackson.annotation.JsonProperty;

/** In what numbers the convolutions of encoder and decoder are done while they train. */
public enum Precision implements Spelled {
  /** 32 bits, 24 of them significant. */
  @JsonProperty("fp32")
  FP32,
  /**
   * 16 bits, 8 of them significant, with the range of {@link #FP32}; sums, weights, optimiser,
   * losses, discriminators and validations stay in it.
   */
  @JsonProperty("bf16")
  BF16;

  /**
   * @throws IllegalArgumentException that names the words there are
   */
  public static Precision of(String word) {
    return Spelled.of(Precision.class, word, "precision");
  }
}
