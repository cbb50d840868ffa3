package dev.morphene.rave.model;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.util.List;

/**
 * Shape of the discriminators: one per period, then one per scale.
 *
 * @param capacity channels of the first convolution
 * @param periods of the multi-period part
 * @param scales of the multi-scale part: the signal itself, half the rate, a quarter …; of
 *     Descript's, STFT lengths from 2048 downwards
 * @param kind convolutional where a file does not say
 */
public record DiscriminatorConfig(int capacity, List<Integer> periods, int scales, Kind kind) {
  /** The discriminators of the Descript audio codec (arXiv 2306.06546), as v3 has them. */
  public static final DiscriminatorConfig DESCRIPT =
      new DiscriminatorConfig(32, List.of(2, 3, 5, 7, 11), 3, Kind.DESCRIPT);

  /** What the discriminators are. */
  public enum Kind {
    /** HiFi-GAN's periods (arXiv 2010.05646) and MelGAN's scales (arXiv 1910.06711). */
    CONVOLUTIONAL,
    /** Periods and complex spectra in bands. */
    DESCRIPT,
    /** MelGAN's scales and complex spectra at five resolutions (EnCodec, arXiv 2210.13438). */
    SPECTRAL
  }

  /** Resolutions of the spectral kind. */
  private static final int SPECTRA = 5;

  /** How many discriminators there are. */
  public int count() {
    return periods.size() + scales + (kind == Kind.SPECTRAL ? SPECTRA : 0);
  }

  /** Channels double with each of the first four convolutions. */
  public static DiscriminatorConfig convolutional(int capacity, List<Integer> periods, int scales) {
    return new DiscriminatorConfig(capacity, periods, scales, Kind.CONVOLUTIONAL);
  }

  /** The scales of the v2 family, and spectra in the place of its periods. */
  public static DiscriminatorConfig spectral(int capacity, int scales) {
    return new DiscriminatorConfig(capacity, List.of(), scales, Kind.SPECTRAL);
  }

  public DiscriminatorConfig {
    kind = kind == null ? Kind.CONVOLUTIONAL : kind;
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
