package dev.morphene.protocol.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** A GPU as its driver names it ({@code GPU-...}), or {@code CPU} for a node that has none. */
public record GpuUuid(@JsonValue String value) {
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9:._-]{0,99}");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public GpuUuid {
    if (value == null || !ALLOWED.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "A GPU id is 1 to 100 letters, digits, colons, dots, dashes or underscores, not \""
              + value
              + "\".");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
