package dev.morphene.rave.audio;

import java.util.Arrays;

/**
 * Where steady noise lies in a recording: at the level that nine tenths of its windows of 10 ms
 * exceed, but at least 15 dB below its loud windows. Without the second rule a texture that never
 * pauses, a fire for instance, would count as its own noise.
 */
final class NoiseFloor implements SampleSink {
  private static final double QUIET_SHARE = 0.1;
  private static final double LOUD_SHARE = 0.95;
  private static final double BELOW_LOUD_DECIBELS = 15;
  // The level of a band of noise varies around its mean; the filter has to reach over the crests.
  private static final double CREST_DECIBELS = 5;
  private static final double LOWEST_DECIBELS = -80;
  private static final double HIGHEST_DECIBELS = -20;

  private final int windowSamples;
  private final SampleBuffer windowLevels = new SampleBuffer();
  private double sum;
  private int fill;

  NoiseFloor(SampleFormat format) {
    windowSamples = format.samplingRateHz() / 100;
  }

  @Override
  public void accept(float[][] channels) {
    for (int index = 0; index < channels[0].length; index++) {
      for (float[] planar : channels) {
        sum += (double) planar[index] * planar[index] / channels.length;
      }
      if (++fill == windowSamples) {
        windowLevels.append(new float[] {(float) Math.sqrt(sum / windowSamples)});
        sum = 0;
        fill = 0;
      }
    }
  }

  /** dBFS, -80 to -20, the range of FFmpeg's afftdn. */
  double decibels() {
    float[] levels = windowLevels.toArray();
    if (levels.length == 0) {
      return LOWEST_DECIBELS;
    }
    Arrays.sort(levels);
    double quiet = decibels(levels[(int) (QUIET_SHARE * (levels.length - 1))]);
    double loud = decibels(levels[(int) (LOUD_SHARE * (levels.length - 1))]);
    double floor = Math.min(quiet + CREST_DECIBELS, loud - BELOW_LOUD_DECIBELS);
    return Math.max(LOWEST_DECIBELS, Math.min(HIGHEST_DECIBELS, floor));
  }

  private static double decibels(double amplitude) {
    return 20 * Math.log10(Math.max(1e-9, amplitude));
  }
}
