package dev.morphene.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.protocol.json.ProtocolJson;
import java.util.Optional;

/**
 * What a request is answered.
 *
 * @param body JSON; absent with status 204
 */
record Answer(int status, Optional<JsonNode> body) {
  static Answer of(int status, Object body) {
    return new Answer(
        status, Optional.of(body instanceof JsonNode tree ? tree : ProtocolJson.tree(body)));
  }

  static Answer ok(Object body) {
    return of(200, body);
  }

  static Answer nothing() {
    return new Answer(204, Optional.empty());
  }

  static Answer notFound(String sentence) {
    return error(404, sentence);
  }

  static Answer error(int status, String sentence) {
    return of(status, ProtocolJson.mapper().createObjectNode().put("error", sentence));
  }

  /** {@code {name: entries}}. */
  static Answer list(String name, Object entries) {
    return ok(
        ProtocolJson.mapper()
            .createObjectNode()
            .set(name, entries instanceof JsonNode tree ? tree : ProtocolJson.tree(entries)));
  }
}
