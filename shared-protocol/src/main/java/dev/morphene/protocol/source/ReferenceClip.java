package dev.morphene.protocol.source;

import dev.morphene.protocol.json.Required;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A short recording by which audits are made.
 *
 * @param file absolute path
 * @param description for people
 * @param durationSeconds measured, where the file could be read
 */
public record ReferenceClip(
    String file, Optional<String> description, OptionalDouble durationSeconds) {
  private static final int LONGEST_PATH = 4_096;

  public ReferenceClip {
    Required.shortText(file, LONGEST_PATH, "file");
    durationSeconds.ifPresent(value -> Required.between(0, 1e9, value, "durationSeconds"));
  }
}
