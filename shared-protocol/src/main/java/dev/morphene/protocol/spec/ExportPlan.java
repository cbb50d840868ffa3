package dev.morphene.protocol.spec;

import dev.morphene.protocol.json.Required;
import java.util.List;

/**
 * The export to queue when every audit of a run is complete.
 *
 * @param outputFolder receives the delivered instrument
 * @param streaming cached convolutions, for real time
 * @param fidelity share of latent variance to keep, 0.1 to 0.999; the guide's value is 0.95
 * @param sources where the recordings come from, for the metadata
 */
public record ExportPlan(
    String outputFolder, boolean streaming, double fidelity, List<SourceRecord> sources) {
  public ExportPlan {
    AbsolutePath.check(outputFolder, "outputFolder");
    Required.between(0.1, 0.999, fidelity, "fidelity");
    sources = Required.listOrEmpty(sources);
  }
}
