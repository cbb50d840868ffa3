package dev.morphene.rave.model;

/**
 * What a network's layers are made of.
 *
 * @param generation of the architecture
 * @param snake Snake (Ziyin et al., arXiv 2006.08195) instead of leaky ReLU between the stages;
 *     residual units keep leaky ReLU
 * @param adain adaptive instance normalisation (Huang and Belongie, arXiv 1703.06868) before every
 *     residual unit; identity in training
 * @param padding of all convolutions and the filter bank; discriminators are always centred
 */
public record NetworkStyle(Generation generation, boolean snake, boolean adain, Padding padding) {
  public static final NetworkStyle V1 =
      new NetworkStyle(Generation.V1, false, false, Padding.CENTERED);
  public static final NetworkStyle V2 =
      new NetworkStyle(Generation.V2, false, false, Padding.CENTERED);

  /** Generations of the architecture. */
  public enum Generation {
    /** Batch normalisation in the encoder, three residual layers per stage, loudness head. */
    V1,
    /** Dilated residual units on both sides, amplitude modulation. */
    V2
  }

  /** Where a convolution's window lies. */
  public enum Padding {
    /** Half of it ahead. */
    CENTERED,
    /** All of it in the past. */
    CAUSAL
  }

  NetworkStyle withSnake() {
    return new NetworkStyle(generation, true, adain, padding);
  }

  NetworkStyle withAdain() {
    return new NetworkStyle(generation, snake, true, padding);
  }

  NetworkStyle causal() {
    return new NetworkStyle(generation, snake, adain, Padding.CAUSAL);
  }
}
