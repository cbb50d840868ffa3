package dev.morphene.rave.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

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
 * @param samplingRateHz of the host, a multiple of the model's; the model's when empty
 * @param channels of the output; the model's when empty
 * @param emaWeights export the moving average of the weights, which must have been audited; absent
 *     means no
 * @param hostTorch libtorch of the host that has to read the instrument; any when absent
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
    int threads,
    OptionalInt samplingRateHz,
    OptionalInt channels,
    Optional<Boolean> emaWeights,
    Optional<HostTorch> hostTorch) {
  public ExportRequest {
    hostTorch = hostTorch == null ? Optional.empty() : hostTorch;
    samplingRateHz = samplingRateHz == null ? OptionalInt.empty() : samplingRateHz;
    channels = channels == null ? OptionalInt.empty() : channels;
    emaWeights = emaWeights == null ? Optional.empty() : emaWeights;
  }

  /** Of the weights as they were trained, at the model's rate and with its channels. */
  public ExportRequest(
      String name,
      List<Candidate> candidates,
      Path outputFolder,
      boolean streaming,
      double fidelity,
      Path musicalReference,
      Path nonmusicalReference,
      JsonNode provenance,
      int threads) {
    this(
        name,
        candidates,
        outputFolder,
        streaming,
        fidelity,
        musicalReference,
        nonmusicalReference,
        provenance,
        threads,
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** A checkpoint and the folder of its audit. */
  public record Candidate(long step, Path checkpoint, Path auditFolder) {}
}
