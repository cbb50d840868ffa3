package dev.morphene.rave.training.health;

import java.util.Optional;

/** Much more of the output beyond full scale than of the recordings. */
final class ClippingCheck implements HealthCheck {
  /** 1 %: heard as a crackle; single overshoots of a good model stay a hundred times below. */
  private static final double LARGEST_SHARE = 0.01;

  /** A gain augmentation may take recordings beyond full scale; then their model must follow. */
  private static final double TIMES_THE_INPUT = 10;

  private final Onset onset = new Onset();

  @Override
  public Optional<HealthEvent> afterValidation(ValidationReading reading) {
    boolean clips =
        reading.isOldEnough()
            && reading.outputClipped() > LARGEST_SHARE
            && reading.outputClipped() > TIMES_THE_INPUT * reading.inputClipped();
    return onset.begins(clips)
        ? Optional.of(
            new HealthEvent.ClippingOutput(
                reading.step(), reading.inputClipped(), reading.outputClipped()))
        : Optional.empty();
  }
}
