package dev.morphene.rave.export;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;

/** How many latent dimensions an instrument shows. */
public final class LatentSize {
  private static final double MINIMUM_FIDELITY = 0.1;
  private static final double MAXIMUM_FIDELITY = 0.999;

  private LatentSize() {}

  /**
   * The smallest number of principal components that reach the fidelity together, rounded up to a
   * power of two, at most all of them. (The official exporter counts one component fewer.)
   *
   * @param cumulative share of the latent variance explained by the first 1, 2, … components; all
   *     zero when it was never measured, which keeps every dimension
   * @param fidelity 0.1 to 0.999
   */
  public static int forFidelity(float[] cumulative, double fidelity) {
    if (!(fidelity >= MINIMUM_FIDELITY && fidelity <= MAXIMUM_FIDELITY)) {
      throw new JobFailure(
          FailureClass.BAD_INPUT, "The fidelity is 0.1 to 0.999; got " + fidelity + ".");
    }
    int needed = 1;
    while (needed <= cumulative.length && cumulative[needed - 1] < fidelity) {
      needed++;
    }
    int rounded = Integer.highestOneBit(needed);
    if (rounded < needed) {
      rounded *= 2;
    }
    return Math.min(rounded, cumulative.length);
  }
}
