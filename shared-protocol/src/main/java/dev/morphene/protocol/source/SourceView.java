package dev.morphene.protocol.source;

import dev.morphene.protocol.json.Required;
import java.time.Instant;
import java.util.List;

/** A source with its id and its reference clips. */
public record SourceView(
    SourceId id,
    SourceDraft source,
    List<ReferenceClip> references,
    Instant createdAt,
    Instant changedAt) {
  public SourceView {
    references = Required.listOrEmpty(references);
  }
}
