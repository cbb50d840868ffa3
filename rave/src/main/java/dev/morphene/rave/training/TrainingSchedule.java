package dev.morphene.rave.training;

import dev.morphene.rave.model.TrainingConstants;

/**
 * What a step is and how large its weights are. Steps count batches from 0.
 *
 * @param constants of the configuration, with the run's own length of phase one
 */
record TrainingSchedule(TrainingConstants constants) {
  static final double DISCRIMINATOR_RATE = 1e-4;

  private static final double FIRST_RATE = 1e-3;
  private static final double LAST_RATE = 1e-4;

  /** What a step updates. */
  enum Kind {
    /** Encoder and decoder learn to represent and rebuild. */
    REPRESENTATION,
    /** The discriminators learn to tell recordings from reconstructions. */
    DISCRIMINATOR,
    /** The decoder learns against the discriminators; the encoder is frozen. */
    GENERATOR
  }

  Kind kind(long step) {
    if (step < constants.phaseOneSteps()) {
      return Kind.REPRESENTATION;
    }
    // Counted over the whole run. Counting within an epoch, as others do, would never train the
    // generator on a dataset of one batch.
    return step % constants.updateDiscriminatorEvery() == 0 ? Kind.DISCRIMINATOR : Kind.GENERATOR;
  }

  /** Phase of the last of so many steps: 1 representation, 2 adversarial. */
  int phaseAfter(long steps) {
    return steps <= constants.phaseOneSteps() ? 1 : 2;
  }

  /** Of encoder and decoder: linear over phase one, then constant. */
  double generatorRate(long step) {
    double progress = Math.min(1.0, step / (double) constants.phaseOneSteps());
    return FIRST_RATE + (LAST_RATE - FIRST_RATE) * progress;
  }

  /** Weight of the latent regulariser. */
  double beta(long step) {
    return constants.betaAt(step);
  }
}
