package dev.morphene.protocol.source;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Number of a source, from 1. */
public record SourceId(@JsonValue long value) {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public SourceId {
    if (value < 1) {
      throw new IllegalArgumentException("A source's id is 1 or more, not " + value + ".");
    }
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
