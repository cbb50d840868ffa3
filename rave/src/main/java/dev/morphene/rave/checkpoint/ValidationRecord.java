package dev.morphene.rave.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The validations of a run that are worth remembering; all empty before the first.
 *
 * @param first over all attempts
 * @param best smallest distance
 * @param last newest
 */
public record ValidationRecord(Optional<Point> first, Optional<Point> best, Optional<Point> last) {

  /** A distance and the step it was measured after. */
  public record Point(long step, double distance) {}

  public static ValidationRecord none() {
    return new ValidationRecord(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The record after one more validation. */
  public ValidationRecord with(long step, double distance) {
    Optional<Point> now = Optional.of(new Point(step, distance));
    boolean better = best.isEmpty() || distance < best.get().distance();
    return new ValidationRecord(first.or(() -> now), better ? now : best, now);
  }

  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    first.ifPresent(point -> tree.put("first", tree(point)));
    best.ifPresent(point -> tree.put("best", tree(point)));
    last.ifPresent(point -> tree.put("last", tree(point)));
    return tree;
  }

  private static Map<String, Object> tree(Point point) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("step", point.step());
    tree.put("distance", point.distance());
    return tree;
  }

  static ValidationRecord of(CheckpointTree tree) {
    return new ValidationRecord(point(tree, "first"), point(tree, "best"), point(tree, "last"));
  }

  private static Optional<Point> point(CheckpointTree tree, String name) {
    if (!tree.has(name)) {
      return Optional.empty();
    }
    CheckpointTree point = tree.child(name);
    return Optional.of(new Point(point.number("step"), point.real("distance")));
  }
}
