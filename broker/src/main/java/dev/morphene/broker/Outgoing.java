package dev.morphene.broker;

import java.util.Map;
import java.util.Optional;

/**
 * A message to publish.
 *
 * @param messageId by which consumers recognise a repetition
 * @param headers texts only, which every broker carries alike
 * @param persistent whether it must survive a restart of the broker
 * @param priority 0 to 9; a hint that brokers may ignore
 */
public record Outgoing(
    byte[] body,
    Optional<String> messageId,
    Map<String, String> headers,
    boolean persistent,
    int priority) {
  public Outgoing {
    headers = Map.copyOf(headers);
    if (priority < 0 || priority > 9) {
      throw new IllegalArgumentException("A message priority is 0 to 9, not " + priority + ".");
    }
  }

  public static Outgoing persistent(byte[] body) {
    return new Outgoing(body, Optional.empty(), Map.of(), true, 0);
  }

  public static Outgoing fleeting(byte[] body) {
    return new Outgoing(body, Optional.empty(), Map.of(), false, 0);
  }
}
