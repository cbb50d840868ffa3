package dev.morphene.rave.audio;

/**
 * @param integratedLufs loudness to reach
 * @param truePeakDecibels dBTP that no peak may exceed, at most 0; wins over the loudness
 */
public record LoudnessTarget(double integratedLufs, double truePeakDecibels) {
  /** The guide's loudness, with the ceiling that EBU R 128 recommends. */
  public static final LoudnessTarget GUIDE = new LoudnessTarget(-14, -1);

  public LoudnessTarget {
    if (!(integratedLufs >= -50 && integratedLufs <= -5)) {
      throw new IllegalArgumentException(
          "The loudness is " + integratedLufs + " LUFS; use -50 to -5.");
    }
    if (!(truePeakDecibels >= -20 && truePeakDecibels <= 0)) {
      throw new IllegalArgumentException(
          "The true-peak ceiling is " + truePeakDecibels + " dBTP; use -20 to 0.");
    }
  }
}
