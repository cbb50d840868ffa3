package dev.morphene.rave.model;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.util.List;

/**
 * Shape of the discriminators: one per period, then one per scale.
 *
 * @param capacity channels of the first convolution; doubled by each of the next three
 * @param periods of the multi-period part
 * @param scales of the multi-scale part: the signal itself, half the rate, a quarter …
 */
public record DiscriminatorConfig(int capacity, List<Integer> periods, int scales) {
  public DiscriminatorConfig {
    periods = List.copyOf(periods);
    if (capacity < 1 || scales < 0 || periods.stream().anyMatch(period -> period < 2)) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "A discriminator needs a capacity of at least 1, periods of at least 2 and scales of at"
              + " least 0; got "
              + capacity
              + ", "
              + periods
              + " and "
              + scales
              + ".");
    }
    if (periods.isEmpty() && scales == 0) {
      throw new JobFailure(
          FailureClass.BAD_INPUT, "A discriminator needs at least one period or one scale.");
    }
  }
}
