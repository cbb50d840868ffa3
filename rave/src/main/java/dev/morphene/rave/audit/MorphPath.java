package dev.morphene.rave.audit;

import java.util.ArrayList;
import java.util.List;

/**
 * How the morphs lead from one sound to the other. The measures follow the criteria of Caetano and
 * Osaka 2012 (A formal evaluation framework for sound morphing): intermediateness becomes {@code
 * positions} and {@code monotony}, smoothness {@code evenness}. Each morph is a point of
 * time-averaged log-mel statistics (mean and standard deviation of 64 bands).
 *
 * @param stepDecibels distance from each morph to the next
 * @param spanDecibels distance from the first morph to the last
 * @param positions of the morphs along the line from the first (0) to the last (1)
 * @param monotony Kendall's tau of the positions: 1 when every morph is farther along than those
 *     before it, −1 when none is
 * @param evenness 1 when all steps are equal, 0 when one step is the whole way
 * @param straightness span over the length of the way; 1 without detours
 */
public record MorphPath(
    List<Double> stepDecibels,
    double spanDecibels,
    List<Double> positions,
    double monotony,
    double evenness,
    double straightness) {

  /**
   * @param morphs at least 3, in order
   */
  public static MorphPath measure(List<float[]> morphs, int samplingRateHz) {
    List<TimbrePoint> points =
        morphs.stream().map(morph -> TimbrePoint.of(morph, samplingRateHz)).toList();
    TimbrePoint first = points.get(0);
    TimbrePoint last = points.get(points.size() - 1);
    List<Double> steps = new ArrayList<>();
    List<Double> positions = new ArrayList<>();
    double length = 0;
    for (int index = 0; index < points.size(); index++) {
      positions.add(points.get(index).positionBetween(first, last));
      if (index > 0) {
        double step = points.get(index - 1).distance(points.get(index));
        steps.add(step);
        length += step;
      }
    }
    double span = first.distance(last);
    double straightness = length == 0 ? 0 : span / length;
    return new MorphPath(
        steps, span, positions, monotony(positions), evenness(steps, length), straightness);
  }

  private static double monotony(List<Double> positions) {
    int balance = 0;
    int pairs = 0;
    for (int later = 1; later < positions.size(); later++) {
      for (int earlier = 0; earlier < later; earlier++) {
        balance += (int) Math.signum(positions.get(later) - positions.get(earlier));
        pairs++;
      }
    }
    return (double) balance / pairs;
  }

  private static double evenness(List<Double> steps, double length) {
    if (length == 0) {
      return 0;
    }
    double mean = length / steps.size();
    double worst = 0;
    for (double step : steps) {
      worst = Math.max(worst, Math.abs(step - mean));
    }
    // One step being the whole way deviates by all the others' share.
    return 1 - worst / (length - mean);
  }

  /** The largest step's share of the way, 0 to 1. */
  double largestStepShare() {
    double length = stepDecibels.stream().mapToDouble(Double::doubleValue).sum();
    double largest = stepDecibels.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    return length == 0 ? 1 : largest / length;
  }
}
