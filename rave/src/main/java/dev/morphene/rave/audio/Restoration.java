package dev.morphene.rave.audio;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Repairs made before anything else.
 *
 * @param removeClicks interpolate over clicks (FFmpeg's adeclick, autoregressive)
 * @param removeNoise reduce steady noise by 12 dB (FFmpeg's afftdn, with a measured floor)
 */
public record Restoration(boolean removeClicks, boolean removeNoise) {
  public static final Restoration NONE = new Restoration(false, false);

  /**
   * @param noiseFloorDecibels used where noise is removed
   */
  List<String> filters(double noiseFloorDecibels) {
    List<String> filters = new ArrayList<>();
    if (removeClicks) {
      filters.add("adeclick");
    }
    if (removeNoise) {
      // Its own tracking of the floor leaves hiss of -40 dBFS as it is.
      filters.add(String.format(Locale.ROOT, "afftdn=nr=12:nf=%.1f", noiseFloorDecibels));
    }
    return filters;
  }
}
