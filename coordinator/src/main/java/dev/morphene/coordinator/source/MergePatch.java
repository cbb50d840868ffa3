package dev.morphene.coordinator.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.source.SourceDraft;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Changes to a source as a JSON merge patch (RFC 7396). A field that a source does not have is
 * refused: a misspelt one would change nothing and nobody would know.
 */
final class MergePatch {
  private static final List<String> FIELDS =
      Arrays.stream(SourceDraft.class.getRecordComponents()).map(RecordComponent::getName).toList();

  private MergePatch() {}

  static SourceDraft apply(SourceDraft draft, ObjectNode changes) throws MalformedMessage {
    ObjectNode merged = (ObjectNode) ProtocolJson.tree(draft);
    for (Map.Entry<String, JsonNode> field : changes.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        throw new IllegalArgumentException(
            "A source has no field \""
                + field.getKey()
                + "\"; it has "
                + String.join(", ", FIELDS)
                + ".");
      }
      if (field.getValue().isNull()) {
        merged.remove(field.getKey());
      } else {
        merged.set(field.getKey(), field.getValue());
      }
    }
    return ProtocolJson.read(merged, SourceDraft.class);
  }
}
