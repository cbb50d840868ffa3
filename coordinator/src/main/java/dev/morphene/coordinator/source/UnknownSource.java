package dev.morphene.coordinator.source;

import dev.morphene.protocol.source.SourceId;

/** There is no such source; the message is one sentence. */
public final class UnknownSource extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnknownSource(SourceId source) {
    super("There is no source " + source + "; morphene sources list shows all.");
  }
}
