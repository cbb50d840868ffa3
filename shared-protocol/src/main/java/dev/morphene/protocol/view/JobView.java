package dev.morphene.protocol.view;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.memory.ByteSize;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A job as a list shows it.
 *
 * @param name within its batch
 * @param shownState what the operator reads; {@code queued} reads {@code pending}
 * @param attempt the current or last attempt; 0 before the first
 * @param retries attempts that failed and were tried again
 * @param worker who runs it, or ran it last
 * @param progress the latest
 * @param memory of the current or last attempt
 * @param error why it failed, or why its last attempt did
 * @param cancelRequested somebody cancelled it and it has not ended yet
 * @param needs jobs that must be completed first
 */
public record JobView(
    JobId id,
    BatchId batch,
    String name,
    JobKind kind,
    OptionalInt instrument,
    JobState state,
    String shownState,
    int priority,
    int attempt,
    int retries,
    Optional<WorkerId> worker,
    Optional<GpuUuid> gpu,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt,
    Optional<Progress> progress,
    Optional<Memory> memory,
    Optional<Error> error,
    boolean cancelRequested,
    List<JobId> needs) {

  /** How far it is; the fields are those of the {@code progressed} report. */
  public record Progress(
      String stage,
      long step,
      long totalSteps,
      OptionalDouble stepsPerSecond,
      OptionalLong remainingMillis,
      Map<String, Double> measures,
      Instant at) {}

  /** Memory of the attempt's process over its samples. */
  public record Memory(ByteSize min, ByteSize average, ByteSize max) {}

  /** Every failure says its class, what happened, the evidence and what to do. */
  public record Error(
      ErrorClass errorClass, String message, List<String> evidence, String suggestedFix) {}

  /**
   * A job with its history.
   *
   * @param spec what it was asked to do
   * @param result of a completed job
   */
  public record Detail(
      JobView job,
      JsonNode spec,
      List<Attempt> attempts,
      List<Validation> validations,
      List<Checkpoint> checkpoints,
      List<String> warnings,
      Optional<JsonNode> result) {}

  /** One execution; {@code outcome} is {@code running}, {@code completed}, or an error class. */
  public record Attempt(
      int number,
      WorkerId worker,
      GpuUuid gpu,
      Instant startedAt,
      Optional<Instant> endedAt,
      String outcome,
      Optional<ByteSize> peakMemory) {}

  /** One validation of a training run. */
  public record Validation(
      int attempt, long step, int phase, double distance, Map<String, Double> measures) {}

  /** One checkpoint on storage. */
  public record Checkpoint(
      int attempt, long step, int phase, String path, String sha256, ByteSize size) {}
}
