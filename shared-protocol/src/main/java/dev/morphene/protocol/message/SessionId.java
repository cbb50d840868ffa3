package dev.morphene.protocol.message;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.UUID;

/**
 * One life of a node's process, chosen anew at each start. The newest session of a worker counts:
 * an older one that is still about is told to go.
 */
public record SessionId(@JsonValue UUID value) {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public SessionId {
    Objects.requireNonNull(value, "A session id is a UUID.");
  }

  public static SessionId fresh() {
    return new SessionId(UUID.randomUUID());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
