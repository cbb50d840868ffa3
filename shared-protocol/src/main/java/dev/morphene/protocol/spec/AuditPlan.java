package dev.morphene.protocol.spec;

import dev.morphene.protocol.json.Required;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The audits to queue when a training run is complete: one for each kept checkpoint that passes the
 * filter, and always one for the last.
 *
 * @param musicalReference any audio file
 * @param nonmusicalReference any audio file
 * @param auditFolder receives a folder for each step, six digits
 * @param durationSeconds of each rendering, 1 to 600; default 30
 * @param everySteps only checkpoints at a multiple of this step; default: those kept for good, at
 *     multiples of the training's {@code saveEvery}
 * @param export what to queue when every audit is complete
 * @param emaWeights audit and export the moving average of the weights, which the training must
 *     keep; default false
 */
public record AuditPlan(
    String musicalReference,
    String nonmusicalReference,
    String auditFolder,
    OptionalDouble durationSeconds,
    OptionalLong everySteps,
    Optional<ExportPlan> export,
    Optional<Boolean> emaWeights) {
  public AuditPlan {
    AbsolutePath.check(musicalReference, "musicalReference");
    AbsolutePath.check(nonmusicalReference, "nonmusicalReference");
    AbsolutePath.check(auditFolder, "auditFolder");
    durationSeconds.ifPresent(value -> Required.between(1, 600, value, "durationSeconds"));
    everySteps.ifPresent(value -> Required.atLeast(1, value, "everySteps"));
  }

  /** Of the weights themselves. */
  public AuditPlan(
      String musicalReference,
      String nonmusicalReference,
      String auditFolder,
      OptionalDouble durationSeconds,
      OptionalLong everySteps,
      Optional<ExportPlan> export) {
    this(
        musicalReference,
        nonmusicalReference,
        auditFolder,
        durationSeconds,
        everySteps,
        export,
        Optional.empty());
  }
}
