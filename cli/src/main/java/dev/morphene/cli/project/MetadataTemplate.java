package dev.morphene.cli.project;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.catalogue.InstrumentFolders;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.source.SourceType;
import java.io.UncheckedIOException;

/**
 * {@code models/NAME/metadata.template.json}: the fields of a delivery's {@code metadata.json} that
 * people fill in, empty. It lies outside of {@code final/} so that nobody takes it for a delivery.
 */
final class MetadataTemplate {
  static final String FILE_NAME = "metadata.template.json";

  private MetadataTemplate() {}

  static String of(Instrument instrument, InstrumentFolders folders) {
    ObjectMapper mapper = ProtocolJson.mapper();
    ObjectNode root = mapper.createObjectNode();
    root.put("template", true);
    root.put("name", folders.name());
    root.set("instrument", ProtocolJson.tree(instrument));
    ObjectNode recipe = root.putObject("recipe");
    recipe.put("config", "v2").put("batch", 8).put("samplingRateHz", 48_000).put("channels", 1);
    root.put("streaming", true);
    root.put("fidelity", 0.95);
    ArrayNode sources = root.putArray("sources");
    for (SourceType type : SourceType.values()) {
      ObjectNode source = sources.addObject();
      source.put("type", type.word());
      source.putNull("name").putNull("origin").putNull("license").putNull("hours");
      source.putArray("files");
    }
    ObjectNode references = root.putObject("referenceClips");
    references.putNull("musical").putNull("nonmusical");
    root.putNull("notes");
    try {
      return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
