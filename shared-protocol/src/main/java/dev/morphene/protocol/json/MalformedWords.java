package dev.morphene.protocol.json;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** What is wrong with a message, as one sentence for whoever wrote it. */
final class MalformedWords {
  private static final String BEGIN = "The message cannot be read";

  private static final int LONGEST_QUOTE = 100;

  private static final Set<Class<?>> WHOLE_NUMBERS =
      Set.of(
          int.class, long.class, Integer.class, Long.class, OptionalInt.class, OptionalLong.class);

  private static final Set<Class<?>> NUMBERS =
      Set.of(double.class, Double.class, OptionalDouble.class);

  private static final Set<Class<?>> FLAGS = Set.of(boolean.class, Boolean.class);

  private MalformedWords() {}

  static String of(IOException cause) {
    String path = cause instanceof JsonMappingException mapping ? path(mapping) : "";
    String where = path.isEmpty() ? "" : " (at " + path + ")";
    Throwable root = cause.getCause();
    if (root instanceof IllegalArgumentException || root instanceof NullPointerException) {
      return BEGIN + where + ": " + root.getMessage();
    }
    if (cause instanceof InvalidTypeIdException unknown) {
      return BEGIN
          + where
          + ": "
          + kinds(unknown.getBaseType().getRawClass())
          + not(unknown.getTypeId())
          + ".";
    }
    if (cause instanceof MismatchedInputException mismatch) {
      return mismatch(mismatch, path, where);
    }
    if (cause instanceof InputCoercionException) {
      return BEGIN + where + ": a number in it is too large.";
    }
    if (cause instanceof StreamConstraintsException) {
      return BEGIN + where + ": it is nested too deep, or a text or number in it is too long.";
    }
    JsonLocation location =
        cause instanceof JsonProcessingException json ? json.getLocation() : null;
    return BEGIN
        + ": it is no JSON"
        + (location == null
            ? ""
            : ", from line " + location.getLineNr() + ", column " + location.getColumnNr() + " on")
        + ".";
  }

  private static String mismatch(MismatchedInputException mismatch, String path, String where) {
    String said = String.valueOf(mismatch.getOriginalMessage());
    if (said.startsWith("No content")) {
      return BEGIN + ": it is empty; a JSON object is expected.";
    }
    if (said.startsWith("Cannot map `null`") && !path.isEmpty()) {
      return BEGIN + ": \"" + path + "\" is missing.";
    }
    return BEGIN
        + where
        + ": "
        + expectation(mismatch.getTargetType())
        + " is expected"
        + not(mismatch instanceof InvalidFormatException wrong ? wrong.getValue() : null)
        + ".";
  }

  /** What stands there instead; empty when nothing does. */
  private static String not(Object value) {
    if (value == null) {
      return "";
    }
    String text = value.toString();
    return ", not \""
        + (text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE))
        + "\"";
  }

  private static String expectation(Class<?> type) {
    if (type == null) {
      return "something else";
    }
    if (WHOLE_NUMBERS.contains(type)) {
      return "a whole number";
    }
    if (NUMBERS.contains(type)) {
      return "a number";
    }
    if (FLAGS.contains(type)) {
      return "true or false";
    }
    if (type.isEnum()) {
      return Arrays.stream(type.getFields())
          .filter(Field::isEnumConstant)
          .map(
              constant ->
                  constant.isAnnotationPresent(JsonProperty.class)
                      ? constant.getAnnotation(JsonProperty.class).value()
                      : constant.getName())
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    RecordComponent[] components =
        type.isRecord() ? type.getRecordComponents() : new RecordComponent[0];
    if (components.length == 1
        && components[0].getAccessor().isAnnotationPresent(JsonValue.class)) {
      return expectation(components[0].getType());
    }
    return type.isRecord() || type.isInterface() || Map.class.isAssignableFrom(type)
        ? "an object"
        : "a text";
  }

  private static String kinds(Class<?> base) {
    JsonTypeInfo info = base.getAnnotation(JsonTypeInfo.class);
    JsonSubTypes known = base.getAnnotation(JsonSubTypes.class);
    if (info == null || known == null) {
      return "it does not say what it is";
    }
    return Arrays.stream(known.value())
        .map(JsonSubTypes.Type::name)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.joining(", ", "its \"" + info.property() + "\" is one of ", ""));
  }

  private static String path(JsonMappingException mapping) {
    StringBuilder text = new StringBuilder();
    for (JsonMappingException.Reference step : mapping.getPath()) {
      if (step.getFieldName() == null) {
        text.append('[').append(step.getIndex()).append(']');
      } else {
        text.append(text.length() == 0 ? "" : ".").append(step.getFieldName());
      }
    }
    return text.toString();
  }
}
