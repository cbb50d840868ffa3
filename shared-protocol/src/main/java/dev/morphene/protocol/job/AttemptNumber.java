package dev.morphene.protocol.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Which execution of a job; 1 or more. The fencing token: it only grows, and every write names it.
 */
public record AttemptNumber(@JsonValue int value) implements Comparable<AttemptNumber> {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public AttemptNumber {
    if (value < 1) {
      throw new IllegalArgumentException("An attempt number is 1 or more, not " + value + ".");
    }
  }

  @Override
  public int compareTo(AttemptNumber other) {
    return Integer.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Integer.toString(value);
  }
}
