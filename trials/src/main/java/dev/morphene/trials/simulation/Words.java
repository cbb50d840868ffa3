package dev.morphene.trials.simulation;

import java.util.Locale;

/** Figures for people. */
final class Words {
  private static final double MILLIS_PER_HOUR = 3_600_000;

  private Words() {}

  static String hours(double millis) {
    return String.format(Locale.ROOT, "%.1f h", millis / MILLIS_PER_HOUR);
  }

  static String days(long millis) {
    return String.format(Locale.ROOT, "day %.4f", millis / (24 * MILLIS_PER_HOUR));
  }
}
