package dev.morphene.protocol.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * What makes two submissions the same: the same key again returns the same job. 1 to 200 printable
 * characters.
 */
public record IdempotencyKey(@JsonValue String value) {
  private static final Pattern ALLOWED = Pattern.compile("[\\x21-\\x7e]{1,200}");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public IdempotencyKey {
    if (value == null || !ALLOWED.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "An idempotency key is 1 to 200 printable ASCII characters without spaces, not \""
              + value
              + "\".");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
