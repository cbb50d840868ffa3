package dev.morphene.rave.process;

/**
 * How far random pitch may stretch an item: 2 is twice as long and an octave lower.
 *
 * @param lowest factor of length, more than 0
 * @param highest likewise, not below the lowest
 */
public record PitchRange(double lowest, double highest) {
  /** Two numbers divided by a comma, {@code 0.7,1.3}. */
  @Override
  public String toString() {
    return lowest + "," + highest;
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws IllegalArgumentException when it is anything else
   */
  public static PitchRange parse(String text) {
    String[] words = text.split(",", -1);
    if (words.length == 2) {
      try {
        return new PitchRange(Double.parseDouble(words[0]), Double.parseDouble(words[1]));
      } catch (NumberFormatException notTwoNumbers) {
        // Said below, in the same words as for one number or three.
      }
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is no pitch range; use two numbers and a comma, 0.7,1.3 for instance.");
  }
}
