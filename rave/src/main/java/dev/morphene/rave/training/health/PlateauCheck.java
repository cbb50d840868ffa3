package dev.morphene.rave.training.health;

import java.util.Optional;

/** Validations of one phase that do not get better; the two phases have different optima. */
final class PlateauCheck implements HealthCheck {
  /** Half a percent: less is within what the random draws of a validation make. */
  private static final double LEAST_GAIN = 0.005;

  /** Validations: 100,000 steps at the guide's distance between them. */
  static final int PATIENCE = 10;

  private final Onset onset = new Onset();
  private int phase;
  private double best;
  private int since;

  @Override
  public Optional<HealthEvent> afterValidation(ValidationReading reading) {
    if (reading.phase() != phase || reading.distance() < best * (1 - LEAST_GAIN)) {
      phase = reading.phase();
      best = reading.distance();
      since = 0;
    } else {
      since++;
    }
    return onset.begins(since >= PATIENCE)
        ? Optional.of(new HealthEvent.Plateau(reading.step(), best, since))
        : Optional.empty();
  }
}
