package dev.morphene.rave.training;

/**
 * A compander as the {@code compand} effect of sox(1) describes it: an envelope follower with
 * attack and decay times looks up a gain in a transfer function of straight lines in decibels. Here
 * the function goes from (threshold, amount) to (0, 0); below the threshold the gain stays as it is
 * there. An amount above the threshold compresses, one below it expands.
 */
final class Compander {
  private final double rising;
  private final double falling;
  private final double thresholdLevel;
  private final double exponent;

  /**
   * @param attackSeconds in which 63 % of a rise of the level is followed
   * @param decaySeconds likewise for a fall
   * @param thresholdDecibels of full scale, below 0
   * @param amountDecibels output for an input at the threshold, of full scale
   */
  Compander(
      int samplingRateHz,
      double attackSeconds,
      double decaySeconds,
      double thresholdDecibels,
      double amountDecibels) {
    this.rising = 1 - Math.exp(-1 / (attackSeconds * samplingRateHz));
    this.falling = 1 - Math.exp(-1 / (decaySeconds * samplingRateHz));
    this.thresholdLevel = Math.pow(10, thresholdDecibels / 20);
    // A straight line through the origin in decibels is a power of the level.
    this.exponent = amountDecibels / thresholdDecibels - 1;
  }

  /** Factor for a constant level, 1 is full scale. */
  double gain(double level) {
    return Math.pow(Math.min(1, Math.max(thresholdLevel, level)), exponent);
  }

  /**
   * Works in place. All channels share one envelope, the louder one's, which starts at full scale,
   * so that no beginning is blown up. What goes beyond full scale is cut off there.
   *
   * @param samples channel after channel from {@code from} on, {@code length} each
   */
  void apply(float[] samples, int from, int channels, int length) {
    double envelope = 1;
    for (int i = 0; i < length; i++) {
      double level = 0;
      for (int channel = 0; channel < channels; channel++) {
        level = Math.max(level, Math.abs(samples[from + channel * length + i]));
      }
      level = Math.min(1, level);
      envelope += (level - envelope) * (level > envelope ? rising : falling);
      float gain = (float) gain(envelope);
      for (int channel = 0; channel < channels; channel++) {
        int place = from + channel * length + i;
        samples[place] = Math.max(-1, Math.min(1, samples[place] * gain));
      }
    }
  }
}
