package dev.morphene.rave.training.health;

import java.util.Map;
import java.util.Optional;

/**
 * Watches for one condition. Tells of it when it begins, and again only after it has gone
 * meanwhile.
 */
public interface HealthCheck {

  /**
   * Looks at a step.
   *
   * @param step steps done with this one
   * @param losses of this step alone, by the names of the official trainer's scalars
   */
  default Optional<HealthEvent> afterStep(long step, Map<String, Double> losses) {
    return Optional.empty();
  }

  /** Looks at a validation. */
  default Optional<HealthEvent> afterValidation(ValidationReading reading) {
    return Optional.empty();
  }
}
