package dev.morphene.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.protocol.json.ProtocolJson;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The API's description, and a strict reading of its schemas: what they do not name is a fault.
 * Knows the words that the description uses.
 */
public final class ApiDocument {
  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

  private final JsonNode document;

  private ApiDocument(JsonNode document) {
    this.document = document;
  }

  public static ApiDocument bundled() throws IOException {
    try (InputStream in =
        ApiDocument.class.getResourceAsStream("/dev/morphene/coordinator/api/openapi.json")) {
      return new ApiDocument(ProtocolJson.mapper().readTree(in));
    }
  }

  public JsonNode tree() {
    return document;
  }

  /** {@code GET /api/v1/jobs/{id}} and the like. */
  public Set<String> operations() {
    Set<String> operations = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        if (METHODS.contains(method.getKey())) {
          operations.add(method.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
        }
      }
    }
    return operations;
  }

  public JsonNode operation(String operation) {
    String[] words = operation.split(" ");
    return document.path("paths").path(words[1]).path(words[0].toLowerCase(java.util.Locale.ROOT));
  }

  /** What is wrong with an answer; empty when nothing is. */
  public List<String> problems(String operation, int status, JsonNode body) {
    JsonNode response = operation(operation).path("responses").path(Integer.toString(status));
    if (response.isMissingNode()) {
      return List.of(operation + " says nothing of status " + status + ": " + body);
    }
    JsonNode schema = response.path("content").path("application/json").path("schema");
    List<String> problems = new ArrayList<>();
    check(schema, body, operation + " " + status, problems);
    return problems;
  }

  /** What is wrong with a request's body. */
  public List<String> problems(String operation, JsonNode body) {
    List<String> problems = new ArrayList<>();
    check(
        operation(operation)
            .path("requestBody")
            .path("content")
            .path("application/json")
            .path("schema"),
        body,
        operation,
        problems);
    return problems;
  }

  private void check(JsonNode schema, JsonNode value, String where, List<String> problems) {
    if (schema.has("$ref")) {
      check(resolved(schema.get("$ref").asText()), value, where, problems);
      return;
    }
    if (schema.has("oneOf")) {
      oneOf(schema.get("oneOf"), value, where, problems);
      return;
    }
    if (!schema.has("type")) {
      problems.add(where + ": the description gives no type");
      return;
    }
    if (!hasType(schema.get("type"), value)) {
      problems.add(where + ": not of type " + schema.get("type") + ": " + value);
      return;
    }
    if (schema.has("enum") && !contains(schema.get("enum"), value)) {
      problems.add(where + ": none of " + schema.get("enum") + ": " + value);
    }
    if (value.isNumber()) {
      bounds(schema, value, where, problems);
    } else if (value.isTextual()) {
      format(schema.path("format").asText(), value.asText(), where, problems);
    } else if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        check(schema.path("items"), value.get(i), where + "[" + i + "]", problems);
      }
    } else if (value.isObject()) {
      object(schema, value, where, problems);
    }
  }

  private void object(JsonNode schema, JsonNode value, String where, List<String> problems) {
    for (JsonNode required : schema.path("required")) {
      if (!value.has(required.asText())) {
        problems.add(where + "." + required.asText() + ": missing in " + value);
      }
    }
    JsonNode others = schema.path("additionalProperties");
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      String there = where + "." + field.getKey();
      JsonNode known = schema.path("properties").path(field.getKey());
      if (!known.isMissingNode()) {
        check(known, field.getValue(), there, problems);
      } else if (others.isObject()) {
        check(others, field.getValue(), there, problems);
      } else if (!others.asBoolean()) {
        problems.add(there + ": not described");
      }
    }
  }

  private void oneOf(JsonNode choices, JsonNode value, String where, List<String> problems) {
    List<String> all = new ArrayList<>();
    int fitting = 0;
    for (JsonNode choice : choices) {
      List<String> found = new ArrayList<>();
      check(choice, value, where, found);
      fitting += found.isEmpty() ? 1 : 0;
      all.addAll(found);
    }
    if (fitting != 1) {
      problems.add(where + ": fits " + fitting + " of " + choices.size() + " choices: " + all);
    }
  }

  private static boolean hasType(JsonNode type, JsonNode value) {
    if (type.isArray()) {
      for (JsonNode choice : type) {
        if (hasType(choice, value)) {
          return true;
        }
      }
      return false;
    }
    return switch (type.asText()) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      default -> false;
    };
  }

  private static boolean contains(JsonNode values, JsonNode value) {
    for (JsonNode known : values) {
      if (known.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static void bounds(JsonNode schema, JsonNode value, String where, List<String> problems) {
    if (schema.has("minimum") && value.asDouble() < schema.get("minimum").asDouble()
        || schema.has("maximum") && value.asDouble() > schema.get("maximum").asDouble()) {
      problems.add(where + ": out of its bounds: " + value);
    }
  }

  private static void format(String format, String text, String where, List<String> problems) {
    try {
      switch (format) {
        case "date-time" -> java.time.OffsetDateTime.parse(text);
        case "uuid" -> java.util.UUID.fromString(text);
        default -> {}
      }
    } catch (IllegalArgumentException | java.time.DateTimeException wrong) {
      problems.add(where + ": no " + format + ": " + text);
    }
  }

  private JsonNode resolved(String reference) {
    JsonNode found = document.at(reference.substring(1));
    if (found.isMissingNode()) {
      throw new AssertionError("The description has no " + reference + ".");
    }
    return found;
  }
}
