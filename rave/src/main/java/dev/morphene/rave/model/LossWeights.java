package dev.morphene.rave.model;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;

/**
 * Weights of a generator's losses; all at least 0.
 *
 * @param multiband of the spectral distance between bands
 * @param fullband of the spectral distance between signals
 * @param adversarial of the discriminators' judgement. RAVE 2.3 weighs it twice
 * @param relativeMatching features are compared relative to their own size
 */
public record LossWeights(
    double multiband, double fullband, double adversarial, boolean relativeMatching) {
  static final LossWeights V1 = new LossWeights(1, 1, 1, false);
  static final LossWeights V2 = new LossWeights(1, 1, 1, true);

  public LossWeights {
    if (!(multiband >= 0 && fullband >= 0 && adversarial >= 0)) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "Weights of losses are at least 0; got "
              + multiband
              + ", "
              + fullband
              + " and "
              + adversarial
              + ".");
    }
  }
}
