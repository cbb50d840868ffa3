package dev.morphene.rave.model;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.util.List;

/**
 * The filtered noise added to the decoder's waveform.
 *
 * @param hiddenChannels of the convolutions between features and amplitudes
 * @param ratios down-sampling of each convolution; their product is the length of a noise frame in
 *     band samples
 * @param filterBands amplitudes per filter; the impulse response has {@code 2 * (filterBands - 1)}
 *     taps before it is cut to the frame
 */
public record NoiseBranch(int hiddenChannels, List<Integer> ratios, int filterBands) {
  public NoiseBranch {
    ratios = List.copyOf(ratios);
    if (hiddenChannels < 1 || filterBands < 2 || ratios.isEmpty()) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "A noise branch needs at least 1 hidden channel, 2 bands and 1 ratio; got "
              + hiddenChannels
              + ", "
              + filterBands
              + " and "
              + ratios
              + ".");
    }
    for (int ratio : ratios) {
      if (ratio < 1) {
        throw new JobFailure(
            FailureClass.BAD_INPUT, "Ratios of the noise branch are at least 1; got " + ratios);
      }
    }
  }

  /** Band samples of one noise frame. */
  public int frameBandSamples() {
    return ratios.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
  }
}
