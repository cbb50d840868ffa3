package dev.morphene.protocol.spec;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.json.Required;
import java.util.List;
import java.util.Optional;

/**
 * Choose the best audited checkpoint, export and package it.
 *
 * @param name file stem
 * @param candidates at least one
 * @param outputFolder receives {@code NAME.ts}, {@code metadata.json}, {@code demo.wav}
 * @param streaming cached convolutions
 * @param fidelity 0.1 to 0.999
 * @param musicalReference for the demonstration
 * @param nonmusicalReference for the demonstration
 * @param sources for the metadata
 * @param emaWeights export the moving average of the weights; default false
 */
@JsonTypeName("export")
public record ExportSpec(
    String name,
    List<Candidate> candidates,
    String outputFolder,
    boolean streaming,
    double fidelity,
    String musicalReference,
    String nonmusicalReference,
    List<SourceRecord> sources,
    Optional<Boolean> emaWeights)
    implements JobSpec {
  public ExportSpec {
    Required.text(name, "name");
    candidates = Required.notEmpty(candidates, "candidates");
    AbsolutePath.check(outputFolder, "outputFolder");
    Required.between(0.1, 0.999, fidelity, "fidelity");
    AbsolutePath.check(musicalReference, "musicalReference");
    AbsolutePath.check(nonmusicalReference, "nonmusicalReference");
    sources = Required.listOrEmpty(sources);
  }

  /** Of the weights themselves. */
  public ExportSpec(
      String name,
      List<Candidate> candidates,
      String outputFolder,
      boolean streaming,
      double fidelity,
      String musicalReference,
      String nonmusicalReference,
      List<SourceRecord> sources) {
    this(
        name,
        candidates,
        outputFolder,
        streaming,
        fidelity,
        musicalReference,
        nonmusicalReference,
        sources,
        Optional.empty());
  }

  @Override
  public JobKind kind() {
    return JobKind.EXPORT;
  }

  /** A checkpoint and the folder of its audit. */
  public record Candidate(long step, String checkpoint, String auditFolder) {
    public Candidate {
      Required.atLeast(0, step, "step");
      AbsolutePath.check(checkpoint, "checkpoint");
      AbsolutePath.check(auditFolder, "auditFolder");
    }
  }
}
