package dev.morphene.rave.training.health;

/** Mean of the newest values. */
final class RecentMean {
  private final double[] values;
  private int filled;
  private int next;

  RecentMean(int size) {
    this.values = new double[size];
  }

  void add(double value) {
    values[next] = value;
    next = (next + 1) % values.length;
    filled = Math.min(filled + 1, values.length);
  }

  boolean isFull() {
    return filled == values.length;
  }

  double mean() {
    double sum = 0;
    for (int i = 0; i < filled; i++) {
      sum += values[i];
    }
    return sum / filled;
  }
}
