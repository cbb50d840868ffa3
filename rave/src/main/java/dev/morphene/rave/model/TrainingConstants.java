package dev.morphene.rave.model;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;

/**
 * What a configuration says about its training.
 *
 * @param phaseOneSteps steps of the representation phase; at least 1
 * @param betaInitial weight of the latent regulariser at step 0; above 0
 * @param betaTarget its weight after the warm-up; above 0
 * @param betaWarmupSteps steps of geometric interpolation between the two; at least 1
 * @param updateDiscriminatorEvery in phase two, one step in so many is the discriminator's; at
 *     least 2
 * @param featureMatchingWeight at least 0
 * @param skippedFeatures leading features of each discriminator left out of feature matching, 0 to
 *     4
 * @param logEpsilon added to magnitudes before the logarithm of the spectral distance; above 0
 * @param validSignalCrop compare bands only where no padding reaches
 * @param weights of the losses; v2's where a file does not say
 */
public record TrainingConstants(
    long phaseOneSteps,
    double betaInitial,
    double betaTarget,
    long betaWarmupSteps,
    int updateDiscriminatorEvery,
    double featureMatchingWeight,
    int skippedFeatures,
    double logEpsilon,
    boolean validSignalCrop,
    LossWeights weights) {
  public TrainingConstants {
    weights = weights == null ? LossWeights.V2 : weights;
    require(phaseOneSteps >= 1, "phaseOneSteps is at least 1", phaseOneSteps);
    require(betaInitial > 0, "betaInitial is above 0", betaInitial);
    require(betaTarget > 0, "betaTarget is above 0", betaTarget);
    require(betaWarmupSteps >= 1, "betaWarmupSteps is at least 1", betaWarmupSteps);
    require(
        updateDiscriminatorEvery >= 2,
        "updateDiscriminatorEvery is at least 2",
        updateDiscriminatorEvery);
    require(
        featureMatchingWeight >= 0, "featureMatchingWeight is at least 0", featureMatchingWeight);
    require(
        skippedFeatures >= 0 && skippedFeatures <= 4, "skippedFeatures is 0 to 4", skippedFeatures);
    require(logEpsilon > 0, "logEpsilon is above 0", logEpsilon);
  }

  TrainingConstants withPhaseOneSteps(long other) {
    return new TrainingConstants(
        other,
        betaInitial,
        betaTarget,
        betaWarmupSteps,
        updateDiscriminatorEvery,
        featureMatchingWeight,
        skippedFeatures,
        logEpsilon,
        validSignalCrop,
        weights);
  }

  /** Weight of the regulariser at a step: geometric between the two ends, then constant. */
  public double betaAt(long step) {
    double progress = Math.min(1.0, Math.max(0.0, step / (double) betaWarmupSteps));
    return betaInitial * Math.pow(betaTarget / betaInitial, progress);
  }

  private static void require(boolean holds, String rule, Object got) {
    if (!holds) {
      throw new JobFailure(FailureClass.BAD_INPUT, rule + "; got " + got + ".");
    }
  }
}
