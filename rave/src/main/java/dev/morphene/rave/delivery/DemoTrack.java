package dev.morphene.rave.delivery;

import dev.morphene.rave.audio.LoudnessNormalizer;
import dev.morphene.rave.audio.LoudnessTarget;
import java.util.List;

/**
 * A minute that shows what an instrument does: the musical reference, the morphs from musical to
 * nonmusical, the nonmusical reference. Each part goes on where the one before it left the phrase,
 * so that the sound changes under the music; joints are equal-power crossfades of half a second.
 */
final class DemoTrack {
  static final int SECONDS = 60;
  private static final double CROSSFADE_SECONDS = 0.5;
  private static final double EDGE_FADE_SECONDS = 0.02;

  private DemoTrack() {}

  /**
   * @param parts mono, in order; each at least one sample and repeated when too short
   * @return exactly 60 seconds at the guide's loudness, under its true-peak ceiling
   */
  static float[] of(List<float[]> parts, int samplingRateHz) {
    int samples = SECONDS * samplingRateHz;
    int fade = (int) Math.round(CROSSFADE_SECONDS * samplingRateHz);
    float[] track = new float[samples];
    for (int index = 0; index < parts.size(); index++) {
      // Rounded from the whole, so that the last part ends on the last sample.
      int start = (int) ((long) (samples - fade) * index / parts.size());
      int end = (int) ((long) (samples - fade) * (index + 1) / parts.size()) + fade;
      float[] part = evened(excerpt(parts.get(index), start, end - start), samplingRateHz);
      boolean first = index == 0;
      boolean last = index == parts.size() - 1;
      for (int offset = 0; offset < part.length; offset++) {
        int left = part.length - 1 - offset;
        double gain = 1;
        if (!first && offset < fade) {
          gain *= Math.sin(Math.PI / 2 * offset / fade);
        }
        if (!last && left < fade) {
          gain *= Math.sin(Math.PI / 2 * left / fade);
        }
        track[start + offset] += (float) (gain * part[offset]);
      }
    }
    fadeEdges(track, (int) Math.round(EDGE_FADE_SECONDS * samplingRateHz));
    return evened(track, samplingRateHz);
  }

  private static float[] excerpt(float[] sound, int start, int length) {
    float[] excerpt = new float[length];
    for (int index = 0; index < length; index++) {
      excerpt[index] = sound[(start + index) % sound.length];
    }
    return excerpt;
  }

  private static float[] evened(float[] sound, int samplingRateHz) {
    return LoudnessNormalizer.normalize(sound, samplingRateHz, LoudnessTarget.GUIDE);
  }

  private static void fadeEdges(float[] track, int fade) {
    for (int index = 0; index < fade; index++) {
      float gain = (float) index / fade;
      track[index] *= gain;
      track[track.length - 1 - index] *= gain;
    }
  }
}
