package dev.morphene.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.source.SourceId;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Optional;

/** What requests say; everything wrong with it is one sentence in an exception. */
final class Requests {
  private static final int DEFAULT_LIMIT = 200;
  private static final int MOST = 1_000;

  private Requests() {}

  static JobId jobId(RoutingContext context) {
    return new JobId(id(context, "job"));
  }

  static SourceId sourceId(RoutingContext context) {
    return new SourceId(id(context, "source"));
  }

  static BatchId batchId(RoutingContext context) {
    return BatchId.parse(context.pathParam("id"));
  }

  static WorkerId worker(RoutingContext context) {
    return new WorkerId(context.pathParam("name"));
  }

  private static long id(RoutingContext context, String what) {
    String text = context.pathParam("id");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException cause) {
      throw new IllegalArgumentException(
          "A " + what + " id is a number, not \"" + text + "\".", cause);
    }
  }

  static int limit(RoutingContext context) {
    return (int) number(context, "limit", DEFAULT_LIMIT, 1, MOST);
  }

  /** The id of what is known already; 0 for nothing. */
  static long after(RoutingContext context) {
    return number(context, "after", 0, 0, Long.MAX_VALUE);
  }

  static long number(RoutingContext context, String name, long absent, long least, long most) {
    return parameter(context, name).map(text -> number(text, name, least, most)).orElse(absent);
  }

  static long number(String text, String name, long least, long most) {
    String sentence =
        "\"" + name + "\" is a number from " + least + " to " + most + ", not \"" + text + "\".";
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException cause) {
      throw new IllegalArgumentException(sentence, cause);
    }
    throw new IllegalArgumentException(sentence);
  }

  static boolean flag(RoutingContext context, String name) {
    Optional<String> text = parameter(context, name);
    if (text.isEmpty() || text.get().equals("false")) {
      return false;
    }
    if (text.get().equals("true")) {
      return true;
    }
    throw new IllegalArgumentException(
        "\"" + name + "\" is true or false, not \"" + text.get() + "\".");
  }

  static Optional<String> parameter(RoutingContext context, String name) {
    return Optional.ofNullable(context.request().getParam(name)).filter(text -> !text.isBlank());
  }

  static <T> T body(RoutingContext context, Class<T> type) throws MalformedMessage {
    return ProtocolJson.read(tree(context), type);
  }

  static ObjectNode objectBody(RoutingContext context) throws MalformedMessage {
    if (tree(context) instanceof ObjectNode object) {
      return object;
    }
    throw new MalformedMessage("The body is not what is expected here: a JSON object.", null);
  }

  private static JsonNode tree(RoutingContext context) throws MalformedMessage {
    Buffer body = context.body().buffer();
    JsonNode tree = ProtocolJson.read(body == null ? new byte[0] : body.getBytes(), JsonNode.class);
    if (!tree.isObject()) {
      throw new MalformedMessage("The message cannot be read: it is no JSON object.", null);
    }
    checkTexts(tree);
    return tree;
  }

  /** What neither Postgres nor UTF-8 can hold. */
  private static void checkTexts(JsonNode tree) throws MalformedMessage {
    if (tree.isTextual()) {
      checkText(tree.textValue());
    }
    for (Map.Entry<String, JsonNode> field : tree.properties()) {
      checkText(field.getKey());
      checkTexts(field.getValue());
    }
    if (tree.isArray()) {
      for (JsonNode entry : tree) {
        checkTexts(entry);
      }
    }
  }

  private static void checkText(String text) throws MalformedMessage {
    boolean broken =
        text.codePoints()
            .anyMatch(
                point ->
                    point == 0
                        || point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    if (broken) {
      throw new MalformedMessage(
          "The message cannot be read: a text in it holds a zero character or half of a"
              + " character; take it out.",
          null);
    }
  }
}
