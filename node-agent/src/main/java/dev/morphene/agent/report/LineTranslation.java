package dev.morphene.agent.report;

import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.rave.process.ProcessLine;
import java.util.Optional;

/**
 * From a child's line to what the cluster is told; lines that end the child are the {@code
 * ChildEndTable}'s.
 */
public final class LineTranslation {
  private LineTranslation() {}

  public static Optional<AttemptReport> translate(ProcessLine line) {
    if (line instanceof ProcessLine.Hello hello) {
      return Optional.of(
          new AttemptReport.Started(hello.processId(), hello.device(), hello.recipe()));
    }
    if (line instanceof ProcessLine.Progress progress) {
      return Optional.of(
          new AttemptReport.Progressed(
              progress.stage(),
              progress.step(),
              progress.totalSteps(),
              progress.stepsPerSecond(),
              progress.remainingMillis(),
              new ByteSize(progress.residentBytes()),
              progress.measures()));
    }
    if (line instanceof ProcessLine.Validation validation) {
      return Optional.of(
          new AttemptReport.Validated(
              validation.step(), validation.phase(), validation.distance(), validation.measures()));
    }
    if (line instanceof ProcessLine.CheckpointWritten checkpoint) {
      return Optional.of(
          new AttemptReport.CheckpointStored(
              checkpoint.step(),
              checkpoint.phase(),
              checkpoint.path().toString(),
              checkpoint.sha256(),
              new ByteSize(checkpoint.sizeBytes())));
    }
    if (line instanceof ProcessLine.Warning warning) {
      return Optional.of(new AttemptReport.Warned(warning.message()));
    }
    if (line instanceof ProcessLine.Health health) {
      return Optional.of(
          new AttemptReport.HealthNoticed(
              health.condition().word(), health.step(), health.message(), health.measures()));
    }
    return Optional.empty();
  }
}
