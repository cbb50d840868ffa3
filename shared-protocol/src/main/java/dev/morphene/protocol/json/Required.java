package dev.morphene.protocol.json;

import java.util.List;

/**
 * Checks that every record of the protocol makes of its fields, each with a sentence that names the
 * field.
 */
public final class Required {
  private Required() {}

  public static <T> T present(T value, String field) {
    if (value == null) {
      throw new IllegalArgumentException("\"" + field + "\" is missing.");
    }
    return value;
  }

  /** Text of which something is left in a database, which cannot keep the zero character. */
  public static String text(String value, String field) {
    if (present(value, field).replace("\0", "").isBlank()) {
      throw new IllegalArgumentException("\"" + field + "\" is empty.");
    }
    return value;
  }

  public static long atLeast(long minimum, long value, String field) {
    if (value < minimum) {
      throw new IllegalArgumentException(
          "\"" + field + "\" is " + minimum + " or more, not " + value + ".");
    }
    return value;
  }

  public static double between(double minimum, double maximum, double value, String field) {
    if (!(value >= minimum && value <= maximum)) {
      throw new IllegalArgumentException(
          "\""
              + field
              + "\" is from "
              + words(minimum)
              + " to "
              + words(maximum)
              + ", not "
              + words(value)
              + ".");
    }
    return value;
  }

  /** Whole numbers as people write them. */
  private static String words(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /** Text that fits into an index. */
  public static String shortText(String value, int most, String field) {
    if (text(value, field).length() > most) {
      throw new IllegalArgumentException(
          "\"" + field + "\" has at most " + most + " characters, not " + value.length() + ".");
    }
    return value;
  }

  /** A copy; an absent list is an empty one. */
  public static <T> List<T> listOrEmpty(List<T> values) {
    return values == null ? List.of() : copy(values);
  }

  private static <T> List<T> copy(List<T> values) {
    for (T value : values) {
      if (value == null) {
        throw new IllegalArgumentException("An entry of a list is missing.");
      }
    }
    return List.copyOf(values);
  }

  public static <T> List<T> notEmpty(List<T> values, String field) {
    if (values == null || values.isEmpty()) {
      throw new IllegalArgumentException("\"" + field + "\" needs at least one entry.");
    }
    return copy(values);
  }
}
