package dev.morphene.cli.source;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.cli.catalogue.CatalogueWords;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.source.SourceOrigin;
import dev.morphene.protocol.source.SourceType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Option;

/** The flags that describe a source, for {@code add} and {@code update}. */
final class SourceFlags {
  @Option(
      names = {"-i", "--instrument"},
      paramLabel = "N",
      description = "Instrument: its number, its name or the beginning of its name.")
  private String instrument;

  @Option(
      names = {"-t", "--type"},
      paramLabel = "TYPE",
      description = "musical or nonmusical.")
  private String type;

  @Option(
      names = {"-n", "--name"},
      paramLabel = "NAME",
      description = "What was recorded.")
  private String name;

  @Option(
      names = {"-o", "--origin"},
      paramLabel = "ORIGIN",
      description = "recorded, licensed, commissioned or synthesized.")
  private String origin;

  @Option(names = "--license", paramLabel = "TEXT", description = "Under which it may be used.")
  private String license;

  @Option(
      names = "--restrictions",
      paramLabel = "TEXT",
      description = "What must not be done with it.")
  private String restrictions;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      description = "How much material it is; without it the files are measured.")
  private String duration;

  @Option(names = "--quality", paramLabel = "1..5", description = "By ear; 5 is excellent.")
  private String quality;

  @Option(
      names = "--files",
      paramLabel = "A,B",
      description = "Its files, or a folder for all in it; kept as absolute paths.")
  private List<String> files;

  @Option(
      names = "--processing",
      paramLabel = "a,b",
      description = "What was done to it, in order: trimmed,denoised.")
  private String processing;

  @Option(names = "--notes", paramLabel = "TEXT", description = "Anything else.")
  private String notes;

  /**
   * The fields of {@link dev.morphene.protocol.source.SourceDraft} that were named, without the
   * files. An empty value is a null: it takes the field out.
   */
  ObjectNode fields() {
    ObjectNode fields = ProtocolJson.mapper().createObjectNode();
    if (instrument != null) {
      fields.put("instrument", CatalogueWords.instrument(instrument).number());
    }
    if (type != null) {
      fields.put("type", FlagValue.word("--type", type, SourceType.values()).word());
    }
    if (name != null) {
      fields.put("name", FlagValue.text("--name", name));
    }
    if (origin != null) {
      fields.put("origin", FlagValue.word("--origin", origin, SourceOrigin.values()).word());
    }
    text(fields, "license", license);
    text(fields, "restrictions", restrictions);
    text(fields, "notes", notes);
    claimedSeconds().ifPresent(seconds -> fields.put("durationSeconds", seconds));
    if (isEmpty(duration)) {
      fields.putNull("durationSeconds");
    }
    if (isEmpty(quality)) {
      fields.putNull("quality");
    } else if (quality != null) {
      fields.put("quality", FlagValue.quality("--quality", quality));
    }
    if (isEmpty(processing)) {
      fields.putNull("processing");
    } else if (processing != null) {
      ArrayNode steps = fields.putArray("processing");
      FlagValue.words("--processing", processing).forEach(steps::add);
    }
    if (takesFilesOut()) {
      fields.putNull("files");
    }
    return fields;
  }

  OptionalDouble claimedSeconds() {
    return duration == null || isEmpty(duration)
        ? OptionalDouble.empty()
        : OptionalDouble.of(FlagValue.seconds("--duration", duration));
  }

  /** Files that were named, found on this machine; absent when none were. */
  Optional<List<Path>> files() {
    return files == null || takesFilesOut()
        ? Optional.empty()
        : Optional.of(NamedFiles.find("--files", files));
  }

  /** Writes files into the fields, and their length where none is claimed. */
  static void put(ObjectNode fields, MeasuredFiles measured) {
    ArrayNode paths = fields.putArray("files");
    measured.files().forEach(file -> paths.add(file.toString()));
    if (!fields.has("durationSeconds")) {
      fields.put("durationSeconds", measured.seconds());
    }
  }

  private boolean takesFilesOut() {
    return files != null && files.size() == 1 && isEmpty(files.get(0));
  }

  private static void text(ObjectNode fields, String field, String typed) {
    if (isEmpty(typed)) {
      fields.putNull(field);
    } else if (typed != null) {
      fields.put(field, FlagValue.text("--" + field, typed));
    }
  }

  private static boolean isEmpty(String typed) {
    return typed != null && typed.isEmpty();
  }
}
