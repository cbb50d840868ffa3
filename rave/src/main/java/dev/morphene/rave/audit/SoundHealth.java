package dev.morphene.rave.audit;

import dev.morphene.rave.audio.Loudness;
import dev.morphene.rave.audio.LoudnessMeter;

/**
 * What can be wrong with a rendering whatever it should sound like.
 *
 * @param notNumbers samples that are NaN or infinite; they count as silence below
 * @param clippedShare share of samples at or beyond full scale, 0 to 1
 * @param dcOffset mean of the samples
 * @param silentShare share of windows of 50 ms below −70 dBFS RMS, 0 to 1
 * @param constant true when the samples do not move
 * @param loudnessLufs integrated, ITU-R BS.1770; −70 or less is silence
 * @param truePeakDecibels dBTP; at least −120
 */
public record SoundHealth(
    long notNumbers,
    double clippedShare,
    double dcOffset,
    double silentShare,
    boolean constant,
    double loudnessLufs,
    double truePeakDecibels) {
  private static final float FULL_SCALE = 0.9999f;
  private static final double SILENT_RMS = Math.pow(10, -70 / 20.0);
  private static final double STILL_DEVIATION = 1e-5;

  /**
   * @param samples mono; at least one
   */
  public static SoundHealth measure(float[] samples, int samplingRateHz) {
    long notNumbers = 0;
    long clipped = 0;
    double sum = 0;
    double squares = 0;
    for (float sample : samples) {
      if (!Float.isFinite(sample)) {
        notNumbers++;
        continue;
      }
      clipped += Math.abs(sample) >= FULL_SCALE ? 1 : 0;
      sum += sample;
      squares += (double) sample * sample;
    }
    float[] numbers = onlyNumbers(samples);
    double mean = sum / samples.length;
    double deviation = Math.sqrt(Math.max(0, squares / samples.length - mean * mean));
    Loudness loudness = LoudnessMeter.measure(numbers, samplingRateHz);
    return new SoundHealth(
        notNumbers,
        (double) clipped / samples.length,
        mean,
        silentShare(numbers, samplingRateHz / 20),
        deviation < STILL_DEVIATION,
        loudness.integratedLufs(),
        Math.max(-120, loudness.truePeakDecibels()));
  }

  /** The samples with silence for what is no number. */
  static float[] onlyNumbers(float[] samples) {
    float[] numbers = samples.clone();
    for (int index = 0; index < numbers.length; index++) {
      if (!Float.isFinite(numbers[index])) {
        numbers[index] = 0;
      }
    }
    return numbers;
  }

  private static double silentShare(float[] samples, int windowSamples) {
    int windows = 0;
    int silent = 0;
    for (int start = 0; start < samples.length; start += windowSamples) {
      int end = Math.min(samples.length, start + windowSamples);
      double squares = 0;
      for (int index = start; index < end; index++) {
        squares += (double) samples[index] * samples[index];
      }
      windows++;
      silent += Math.sqrt(squares / (end - start)) < SILENT_RMS ? 1 : 0;
    }
    return (double) silent / windows;
  }

  /** True when there is nothing to hear. */
  boolean dead() {
    return constant || loudnessLufs <= Loudness.GATE_LUFS;
  }
}
