package dev.morphene.rave.training.health;

import java.util.Optional;

/** Output far below the recordings, unless those are next to silent themselves. */
final class SilenceCheck implements HealthCheck {
  /** 40 dB below the recordings: a reconstruction is within a few dB after the first thousands. */
  private static final double LARGEST_POWER_RATIO = 1e-4;

  /** −60 dB of full scale, where a room's noise is. */
  private static final double LEAST_INPUT_POWER = 1e-6;

  /** Below 16-bit resolution; keeps decibels finite. */
  private static final double NOTHING = 1e-12;

  private final Onset onset = new Onset();

  @Override
  public Optional<HealthEvent> afterValidation(ValidationReading reading) {
    boolean silent =
        reading.isOldEnough()
            && reading.inputPower() > LEAST_INPUT_POWER
            && reading.outputPower() < LARGEST_POWER_RATIO * reading.inputPower();
    return onset.begins(silent)
        ? Optional.of(
            new HealthEvent.SilentOutput(
                reading.step(), decibels(reading.inputPower()), decibels(reading.outputPower())))
        : Optional.empty();
  }

  private static double decibels(double power) {
    return 10 * Math.log10(Math.max(NOTHING, power));
  }
}
