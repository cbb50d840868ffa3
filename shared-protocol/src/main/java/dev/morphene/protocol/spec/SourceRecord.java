package dev.morphene.protocol.spec;

import dev.morphene.protocol.json.Required;
import java.util.List;
import java.util.Optional;

/**
 * Where recordings come from; delivered with the instrument.
 *
 * @param type {@code musical} or {@code nonmusical}
 * @param name what was recorded
 * @param origin {@code recorded}, {@code licensed}, {@code commissioned} or {@code synthesized}
 * @param license under which the recordings may be used
 * @param hours of material
 * @param files names of the recordings
 */
public record SourceRecord(
    String type,
    String name,
    String origin,
    Optional<String> license,
    double hours,
    List<String> files) {
  public SourceRecord {
    Required.text(type, "type");
    Required.text(name, "name");
    Required.text(origin, "origin");
    Required.between(0, 1e6, hours, "hours");
    files = Required.listOrEmpty(files);
  }
}
