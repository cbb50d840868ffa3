package dev.morphene.rave.training.health;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Watches a run; every condition is told once when it begins. What it has seen is not part of a
 * checkpoint, so windows fill anew after a resume and a condition that lasts is told again.
 */
public final class HealthWatch {
  private final List<HealthCheck> checks;

  /** Watches for what {@code checks} look at. */
  public HealthWatch(List<HealthCheck> checks) {
    this.checks = List.copyOf(checks);
  }

  /**
   * Watches for everything there is.
   *
   * @param variational whether the latents have a divergence to collapse
   * @param discriminators how many there are
   */
  public static HealthWatch of(boolean variational, int discriminators) {
    List<HealthCheck> checks = new ArrayList<>();
    checks.add(new SilenceCheck());
    checks.add(new ClippingCheck());
    checks.add(new RunawayCheck(discriminators));
    checks.add(new PlateauCheck());
    if (variational) {
      checks.add(new CollapseCheck());
    }
    return new HealthWatch(checks);
  }

  /**
   * What begins with a step.
   *
   * @param step steps done with this one
   * @param losses of this step alone, by the names of the official trainer's scalars
   */
  public List<HealthEvent> afterStep(long step, Map<String, Double> losses) {
    List<HealthEvent> events = new ArrayList<>();
    checks.forEach(check -> check.afterStep(step, losses).ifPresent(events::add));
    return events;
  }

  /** What begins with a validation. */
  public List<HealthEvent> afterValidation(ValidationReading reading) {
    List<HealthEvent> events = new ArrayList<>();
    checks.forEach(check -> check.afterValidation(reading).ifPresent(events::add));
    return events;
  }
}
