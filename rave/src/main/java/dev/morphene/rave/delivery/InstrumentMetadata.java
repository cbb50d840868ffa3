package dev.morphene.rave.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.rave.audit.CheckpointRanking.Ranked;
import dev.morphene.rave.checkpoint.Sha256;
import dev.morphene.rave.process.ExportRequest;
import dev.morphene.rave.process.ProcessJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * Builds {@code metadata.json}: the request's provenance as it is, and beside it what the export
 * itself knows. A field of ours wins over one of the same name in the provenance.
 */
final class InstrumentMetadata {
  static final String FILE_NAME = "metadata.json";
  private static final int FORMAT_VERSION = 1;

  private InstrumentMetadata() {}

  /**
   * @param ranking all candidates; the first is the one exported
   * @param files in the delivery so far; digested here
   */
  static ObjectNode of(
      ExportRequest request,
      ExportedModel model,
      HostRequirement requirement,
      List<Ranked> ranking,
      List<Path> files,
      Instant createdAt)
      throws IOException {
    ObjectMapper mapper = ProcessJson.mapper();
    ObjectNode root = mapper.createObjectNode();
    JsonNode provenance = request.provenance();
    if (provenance != null && provenance.isObject()) {
      root.setAll((ObjectNode) provenance.deepCopy());
    }
    root.put("formatVersion", FORMAT_VERSION);
    root.put("name", request.name());
    root.put("createdAt", createdAt.toString());
    root.set("recipe", mapper.valueToTree(model.recipe()));
    root.put("emaWeights", request.emaWeights().orElse(false));
    root.put("steps", model.step());
    root.put("phase", model.phase());
    root.put("samplingRateHz", model.samplingRateHz());
    root.put("compressionRatio", model.compressionRatio());
    root.put("streaming", request.streaming());
    root.put("fidelity", request.fidelity());
    root.put("latentSize", model.latentSize());
    root.put("fullLatentSize", model.fullLatentSize());
    root.put("encodeDelaySamples", model.encodeDelaySamples());
    root.put("decodeDelaySamples", model.decodeDelaySamples());
    root.put("minimumHostTorch", requirement.minimum().toString());
    Ranked chosen = ranking.get(0);
    root.set(
        "checkpoint",
        entry(mapper, chosen).put("sha256", chosen.audited().report().checkpointSha256()));
    ArrayNode ranked = root.putArray("ranking");
    ranking.forEach(one -> ranked.add(entry(mapper, one)));
    root.set("audit", mapper.valueToTree(chosen.audited().report()));
    ArrayNode listed = root.putArray("files");
    for (Path file : files) {
      listed
          .addObject()
          .put("name", file.getFileName().toString())
          .put("bytes", Files.size(file))
          .put("sha256", Sha256.of(file));
    }
    return root;
  }

  private static ObjectNode entry(ObjectMapper mapper, Ranked ranked) {
    ObjectNode entry = mapper.createObjectNode();
    entry.put("rank", ranked.rank());
    entry.put("step", ranked.audited().step());
    entry.put("file", ranked.audited().checkpoint().getFileName().toString());
    entry.put("score", ranked.score());
    entry.put("auditPassed", ranked.passed());
    entry.set("reasons", mapper.valueToTree(ranked.reasons()));
    return entry;
  }
}
