package dev.morphene.rave.audio;

/**
 * How loud a sound is, by ITU-R BS.1770-4 and EBU R 128.
 *
 * @param integratedLufs gated loudness of the whole; -70 or less means nothing above the gate
 * @param truePeakDecibels dBTP, at four times the sampling rate or more; negative infinity for
 *     digital silence
 */
public record Loudness(double integratedLufs, double truePeakDecibels) {
  /** The absolute gate of BS.1770: quieter sound has no loudness. */
  public static final double GATE_LUFS = -70;

  /** False when nothing exceeds the gate. */
  public boolean audible() {
    return integratedLufs > GATE_LUFS;
  }
}
