package dev.morphene.protocol.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.UUID;

/** Jobs submitted together. */
public record BatchId(@JsonValue UUID value) {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public BatchId {
    Objects.requireNonNull(value, "A batch id is a UUID.");
  }

  /** Throws {@link IllegalArgumentException} with a sentence when {@code text} is no UUID. */
  public static BatchId parse(String text) {
    try {
      return new BatchId(UUID.fromString(text));
    } catch (IllegalArgumentException cause) {
      throw new IllegalArgumentException("A batch id is a UUID, not \"" + text + "\".", cause);
    }
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
