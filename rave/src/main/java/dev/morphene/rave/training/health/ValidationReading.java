package dev.morphene.rave.training.health;

/**
 * What a validation tells about a model's health.
 *
 * @param step steps done
 * @param phase 1 representation, 2 adversarial
 * @param distance smaller is better
 * @param inputPower mean square of the recordings; full scale is 1
 * @param outputPower likewise of their reconstruction
 * @param inputClipped share of the recordings' samples beyond full scale
 * @param outputClipped likewise of the reconstruction's
 * @param activeLatents latents whose mean differs from frame to frame, see {@link ActiveLatents}
 */
public record ValidationReading(
    long step,
    int phase,
    double distance,
    double inputPower,
    double outputPower,
    double inputClipped,
    double outputClipped,
    int activeLatents) {
  /** Before that a model is too new to be judged by its sound and its latents. */
  private static final long FIRST_JUDGED_STEP = 1_000;

  boolean isOldEnough() {
    return step >= FIRST_JUDGED_STEP;
  }
}
