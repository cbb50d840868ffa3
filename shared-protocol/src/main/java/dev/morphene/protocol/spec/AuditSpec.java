package dev.morphene.protocol.spec;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.json.Required;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Render and measure one checkpoint.
 *
 * @param checkpoint file
 * @param step of the checkpoint, 0 or more
 * @param musicalReference any audio file
 * @param nonmusicalReference any audio file
 * @param outputFolder receives seven WAV files and {@code audit.json}
 * @param durationSeconds of each rendering, 1 to 600; default 30
 * @param emaWeights hear the moving average of the weights; default false
 */
@JsonTypeName("audit")
public record AuditSpec(
    String checkpoint,
    long step,
    String musicalReference,
    String nonmusicalReference,
    String outputFolder,
    OptionalDouble durationSeconds,
    Optional<Boolean> emaWeights)
    implements JobSpec {
  public AuditSpec {
    AbsolutePath.check(checkpoint, "checkpoint");
    Required.atLeast(0, step, "step");
    AbsolutePath.check(musicalReference, "musicalReference");
    AbsolutePath.check(nonmusicalReference, "nonmusicalReference");
    AbsolutePath.check(outputFolder, "outputFolder");
    durationSeconds.ifPresent(value -> Required.between(1, 600, value, "durationSeconds"));
  }

  /** Of the weights themselves. */
  public AuditSpec(
      String checkpoint,
      long step,
      String musicalReference,
      String nonmusicalReference,
      String outputFolder,
      OptionalDouble durationSeconds) {
    this(
        checkpoint,
        step,
        musicalReference,
        nonmusicalReference,
        outputFolder,
        durationSeconds,
        Optional.empty());
  }

  @Override
  public JobKind kind() {
    return JobKind.AUDIT;
  }
}
