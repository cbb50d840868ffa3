package dev.morphene.protocol.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The one JSON dialect of messages and of the API: an unknown field is skipped, a missing required
 * one is an error, times are ISO-8601 text.
 */
public final class ProtocolJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
          .build();

  private ProtocolJson() {}

  /** Shared and thread safe; do not reconfigure it. */
  public static ObjectMapper mapper() {
    return MAPPER;
  }

  public static byte[] write(Object message) {
    try {
      return MAPPER.writeValueAsBytes(message);
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  public static JsonNode tree(Object message) {
    return MAPPER.valueToTree(message);
  }

  /** Throws {@link MalformedMessage} with a sentence that names the field. */
  public static <T> T read(byte[] body, Class<T> type) throws MalformedMessage {
    try {
      T value = MAPPER.readValue(body, type);
      if (value == null) {
        throw new MalformedMessage("The message is empty; a JSON object was expected.", null);
      }
      return value;
    } catch (IOException cause) {
      throw malformed(cause);
    }
  }

  /** Throws {@link MalformedMessage} with a sentence that names the field. */
  public static <T> T read(JsonNode tree, Class<T> type) throws MalformedMessage {
    try {
      return MAPPER.treeToValue(tree, type);
    } catch (IOException cause) {
      throw malformed(cause);
    }
  }

  private static MalformedMessage malformed(IOException cause) {
    return new MalformedMessage(MalformedWords.of(cause), cause);
  }
}
