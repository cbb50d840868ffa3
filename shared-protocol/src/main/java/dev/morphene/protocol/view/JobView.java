package dev.morphene.protocol.view;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.memory.ByteSize;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A job as a list shows it.
 *
 * @param name within its batch
 * @param state a queued job shows as pending
 * @param attempt the current or last attempt, from 1
 * @param cancelRequested somebody cancelled it and it has not ended yet
 * @param paused it is not started before somebody resumes it
 * @param worker who runs it, or ran it last
 * @param waitsFor jobs that must end first
 * @param progress the latest
 * @param error why it failed, or why its last attempt did
 * @param peakMemoryBytes the most any attempt held
 */
public record JobView(
    JobId id,
    BatchId batch,
    String name,
    JobKind kind,
    Optional<Instrument> instrument,
    int priority,
    JobState state,
    int attempt,
    boolean cancelRequested,
    boolean paused,
    Optional<WorkerId> worker,
    Optional<GpuUuid> gpu,
    List<JobId> waitsFor,
    Optional<Progress> progress,
    Optional<Error> error,
    Optional<ByteSize> peakMemoryBytes,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt) {
  public JobView {
    waitsFor = Required.listOrEmpty(waitsFor);
  }

  /** How far it is; the fields are those of the {@code progressed} report. */
  public record Progress(
      String stage,
      long step,
      long totalSteps,
      OptionalDouble stepsPerSecond,
      OptionalLong remainingMillis,
      ByteSize memory,
      Map<String, Double> measures) {
    public Progress {
      measures = measures == null ? Map.of() : Map.copyOf(measures);
    }
  }

  /** Every failure says its class, what happened, the evidence and what to do. */
  public record Error(
      @JsonProperty("class") ErrorClass errorClass,
      String message,
      List<String> evidence,
      String suggestedFix) {
    public Error {
      evidence = Required.listOrEmpty(evidence);
    }
  }
}
