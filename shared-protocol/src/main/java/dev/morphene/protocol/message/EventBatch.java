package dev.morphene.protocol.message;

import dev.morphene.protocol.json.Required;
import java.util.List;

/**
 * What happened to a node's attempts since it last said so, oldest first.
 *
 * @param version 1
 * @param events at least one
 */
public record EventBatch(int version, List<AttemptEvent> events) {
  /** The version written by this code. */
  public static final int VERSION = 1;

  public EventBatch {
    events = Required.notEmpty(events, "events");
  }

  public static EventBatch of(AttemptEvent... events) {
    return new EventBatch(VERSION, List.of(events));
  }
}
