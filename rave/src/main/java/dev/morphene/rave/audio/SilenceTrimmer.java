package dev.morphene.rave.audio;

import java.util.ArrayList;
import java.util.List;

/**
 * Decides which stretches of a recording are kept. Silence is whatever stays 50 dB below the
 * recording's loudest 10 ms, or below −70 dBFS. Silence at both ends goes, but for 50 ms so that
 * attacks and tails stay whole. Inside, a silence longer than 2 seconds is shortened to 1 second:
 * pauses of a phrase stay as played, the gaps between takes do not fill the training with nothing.
 */
final class SilenceTrimmer {
  /** −70 dBFS: a recording that never exceeds this is silent as a whole. */
  static final double SILENT_AMPLITUDE = Math.pow(10, -70 / 20.0);

  private static final double RELATIVE_THRESHOLD = Math.pow(10, -50 / 20.0);
  private static final int EDGE_WINDOWS = 5;
  private static final int LONGEST_SILENCE_WINDOWS = 200;
  private static final int SHORTENED_SILENCE_WINDOWS = 100;

  private SilenceTrimmer() {}

  /**
   * @param windowPeaks loudest sample of each window
   * @param windowSamples samples of a window
   * @param totalSamples of the recording
   * @return kept spans in order; empty when all is silent
   */
  static List<SoundSpan> spans(float[] windowPeaks, int windowSamples, long totalSamples) {
    float loudest = 0;
    for (float peak : windowPeaks) {
      loudest = Math.max(loudest, peak);
    }
    if (loudest < SILENT_AMPLITUDE) {
      return List.of();
    }
    double threshold = Math.max(SILENT_AMPLITUDE, loudest * RELATIVE_THRESHOLD);
    List<SoundSpan> windows = new ArrayList<>();
    int start = -1;
    int lastLoud = -1;
    for (int window = 0; window < windowPeaks.length; window++) {
      if (windowPeaks[window] < threshold) {
        continue;
      }
      if (start < 0) {
        start = Math.max(0, window - EDGE_WINDOWS);
      } else if (window - lastLoud - 1 > LONGEST_SILENCE_WINDOWS) {
        int half = SHORTENED_SILENCE_WINDOWS / 2;
        windows.add(new SoundSpan(start, lastLoud + 1 + half));
        start = window - half;
      }
      lastLoud = window;
    }
    windows.add(new SoundSpan(start, lastLoud + 1 + EDGE_WINDOWS));
    return windows.stream()
        .map(
            span ->
                new SoundSpan(
                    span.start() * windowSamples,
                    Math.min(totalSamples, span.end() * windowSamples)))
        .toList();
  }
}
