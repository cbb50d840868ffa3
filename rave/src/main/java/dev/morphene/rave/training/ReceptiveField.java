package dev.morphene.rave.training;

import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;

/**
 * How many input samples can change an output sample; counted as the official trainer does.
 *
 * @param left samples before it
 * @param right samples from it on
 */
record ReceptiveField(long left, long right) {
  /** The largest STFT reflects half its length at the edges, so a signal must be longer. */
  private static final int SHORTEST_STFT_INPUT = 1_025;

  /**
   * The shortest signal that leaves the multi-band loss enough to look at.
   *
   * @return samples, a multiple of the configuration's compression ratio
   */
  long shortestSignalSamples(RaveConfig config) {
    long ratio = config.compressionRatio();
    long bandSamples = SHORTEST_STFT_INPUT;
    if (config.training().validSignalCrop()) {
      bandSamples += left / config.bands() + (right + config.bands() - 1) / config.bands();
    }
    long samples = bandSamples * config.bands();
    return (samples + ratio - 1) / ratio * ratio;
  }

  /**
   * @throws JobFailure BAD_INPUT when the signal is too short for the loss
   */
  void check(RaveConfig config, int signalSamples) {
    long shortest = shortestSignalSamples(config);
    if (signalSamples < shortest) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "A training signal of "
              + signalSamples
              + " samples is too short for "
              + config.name()
              + ", whose receptive field is "
              + left
              + " + "
              + right
              + " samples; use "
              + shortest
              + " or more.");
    }
  }
}
