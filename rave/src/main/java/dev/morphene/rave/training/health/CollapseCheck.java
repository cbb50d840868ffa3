package dev.morphene.rave.training.health;

import java.util.Map;
import java.util.Optional;

/**
 * A posterior equal to the prior: the divergence of all latents together is next to nothing, or not
 * one of them follows the recordings. For variational latents.
 */
final class CollapseCheck implements HealthCheck {
  /** A single active latent alone has more; a healthy model has tens to hundreds. */
  private static final double LEAST_DIVERGENCE = 0.1;

  /** Steps; a batch of near silence must not count. */
  private static final int WINDOW = 200;

  private final Onset onset = new Onset();
  private final RecentMean divergence = new RecentMean(WINDOW);

  @Override
  public Optional<HealthEvent> afterStep(long step, Map<String, Double> losses) {
    Double now = losses.get("regularization");
    if (now != null) {
      divergence.add(now);
    }
    return Optional.empty();
  }

  @Override
  public Optional<HealthEvent> afterValidation(ValidationReading reading) {
    boolean collapsed =
        reading.isOldEnough()
            && divergence.isFull()
            && (divergence.mean() < LEAST_DIVERGENCE || reading.activeLatents() == 0);
    return onset.begins(collapsed)
        ? Optional.of(
            new HealthEvent.CollapsedLatents(
                reading.step(), divergence.mean(), reading.activeLatents()))
        : Optional.empty();
  }
}
