package dev.morphene.trials.bench;

import java.util.Arrays;
import java.util.Locale;

/**
 * How long some things took.
 *
 * @param sortedMillis at least one, smallest first
 */
record Latencies(double[] sortedMillis) {
  static Latencies of(double[] millis) {
    if (millis.length == 0) {
      throw new IllegalStateException("Nothing was measured.");
    }
    double[] sorted = millis.clone();
    Arrays.sort(sorted);
    return new Latencies(sorted);
  }

  /** The smallest that {@code percent} of 100 do not exceed. */
  double percentile(double percent) {
    int rank = (int) Math.ceil(percent / 100 * sortedMillis.length);
    return sortedMillis[Math.max(0, rank - 1)];
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "p50 %.1f, p95 %.1f, p99 %.1f, max %.1f ms",
        percentile(50),
        percentile(95),
        percentile(99),
        percentile(100));
  }
}
