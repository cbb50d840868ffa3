package dev.morphene.rave.export;

import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.util.OptionalInt;

/**
 * How a model is made an instrument.
 *
 * @param streaming caches between calls, for real time; otherwise each call is a whole signal
 * @param fidelity share of latent variance to keep, 0.1 to 0.999; for variational models alone
 * @param samplingRateHz of the host; the model's rate or 2 to 8 times that. The model's when empty
 * @param channels that {@code decode} gives, 1 to 16; the model's when empty. Fewer are the first
 *     ones; more are further takes of the same latents, each with noise of its own
 */
public record InstrumentOptions(
    boolean streaming, double fidelity, OptionalInt samplingRateHz, OptionalInt channels) {
  private static final int LARGEST_FACTOR = 8;
  private static final int MOST_CHANNELS = 16;

  /** The model's own rate and channels. */
  public static InstrumentOptions of(boolean streaming, double fidelity) {
    return new InstrumentOptions(streaming, fidelity, OptionalInt.empty(), OptionalInt.empty());
  }

  /**
   * Host samples for each sample of the model.
   *
   * @throws JobFailure BAD_INPUT when the rate is no small multiple of the model's
   */
  int rateFactor(RaveConfig config) {
    int rate = samplingRateHz.orElse(config.samplingRateHz());
    int factor = rate / config.samplingRateHz();
    if (factor < 1 || factor > LARGEST_FACTOR || factor * config.samplingRateHz() != rate) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "A model of "
              + config.samplingRateHz()
              + " Hz plays at that rate or 2 to "
              + LARGEST_FACTOR
              + " times that, not at "
              + rate
              + " Hz; use "
              + config.samplingRateHz()
              + " or "
              + 2 * config.samplingRateHz()
              + ".");
    }
    return factor;
  }

  /**
   * Channels of the output.
   *
   * @throws JobFailure BAD_INPUT when out of range
   */
  int outputChannels(RaveConfig config) {
    int wanted = channels.orElse(config.channels());
    if (wanted < 1 || wanted > MOST_CHANNELS) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "An instrument has 1 to " + MOST_CHANNELS + " channels, not " + wanted + ".");
    }
    return wanted;
  }
}
