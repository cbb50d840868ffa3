package dev.morphene.protocol.source;

import dev.morphene.protocol.json.Required;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A source as its collector describes it.
 *
 * @param instrument number in the catalogue, 1 to 50
 * @param type which half of the instrument it is
 * @param name what was recorded, for people
 * @param origin how the studio came by it
 * @param license under which it may be used
 * @param restrictions what must not be done with it
 * @param durationSeconds of the material, as claimed or as measured from the files; 0 or more
 * @param quality 1 (poor) to 5 (excellent), by ear
 * @param processing what was done to it, in order
 * @param files absolute paths, where they are known
 * @param notes anything else
 */
public record SourceDraft(
    int instrument,
    SourceType type,
    String name,
    SourceOrigin origin,
    Optional<String> license,
    Optional<String> restrictions,
    OptionalDouble durationSeconds,
    OptionalInt quality,
    List<String> processing,
    List<String> files,
    Optional<String> notes) {
  public SourceDraft {
    Required.between(1, 50, instrument, "instrument");
    Required.present(type, "type");
    Required.text(name, "name");
    Required.present(origin, "origin");
    durationSeconds.ifPresent(value -> Required.between(0, 1e9, value, "durationSeconds"));
    quality.ifPresent(value -> Required.between(1, 5, value, "quality"));
    processing = Required.listOrEmpty(processing);
    files = Required.listOrEmpty(files);
  }
}
