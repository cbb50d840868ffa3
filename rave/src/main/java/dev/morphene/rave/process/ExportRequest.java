package dev.morphene.rave.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;

/**
 * Choose the best audited checkpoint, export it for nn~ and package the instrument.
 *
 * @param name file stem of everything written
 * @param candidates audited checkpoints; at least one
 * @param outputFolder receives {@code NAME.ts}, {@code metadata.json} and {@code demo.wav}
 * @param streaming cached convolutions, for real time
 * @param fidelity share of latent variance to keep, 0.1 to 0.999
 * @param musicalReference for the demonstration
 * @param nonmusicalReference for the demonstration
 * @param provenance copied into the metadata: catalogue entry, sources, recipe, attempts, peak
 *     memory
 * @param threads of libtorch; at least 1
 */
public record ExportRequest(
    String name,
    List<Candidate> candidates,
    Path outputFolder,
    boolean streaming,
    double fidelity,
    Path musicalReference,
    Path nonmusicalReference,
    JsonNode provenance,
    int threads) {

  /** A checkpoint and the folder of its audit. */
  public record Candidate(long step, Path checkpoint, Path auditFolder) {}
}
