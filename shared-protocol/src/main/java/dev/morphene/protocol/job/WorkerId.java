package dev.morphene.protocol.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** Name of a node agent, unique in the cluster. */
public record WorkerId(@JsonValue String value) {
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public WorkerId {
    if (value == null || !ALLOWED.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "A worker id is 1 to 100 letters, digits, dots, dashes or underscores, not \""
              + value
              + "\".");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
