package dev.morphene.rave.audio;

import java.util.ArrayList;
import java.util.List;

/**
 * Repairs made before anything else.
 *
 * @param removeClicks interpolate over clicks (FFmpeg's adeclick, autoregressive)
 * @param removeNoise reduce steady noise by 12 dB where it is below the tracked floor (FFmpeg's
 *     afftdn)
 */
public record Restoration(boolean removeClicks, boolean removeNoise) {
  public static final Restoration NONE = new Restoration(false, false);

  List<String> filters() {
    List<String> filters = new ArrayList<>();
    if (removeClicks) {
      filters.add("adeclick");
    }
    if (removeNoise) {
      filters.add("afftdn=nr=12:tn=true");
    }
    return filters;
  }
}
