package dev.morphene.protocol.view;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.memory.ByteSize;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the view of one job tells beside its {@link JobView}.
 *
 * @param spec what it was asked to do
 * @param failures attempts that spent its retry budget
 * @param memory over the samples of all attempts
 * @param result of a completed job
 */
public record JobHistory(
    JsonNode spec,
    int retryBudget,
    int failures,
    Optional<Memory> memory,
    List<Attempt> attempts,
    List<Validation> validations,
    List<Checkpoint> checkpoints,
    List<Warning> warnings,
    Optional<JsonNode> result) {
  public JobHistory {
    attempts = Required.listOrEmpty(attempts);
    validations = Required.listOrEmpty(validations);
    checkpoints = Required.listOrEmpty(checkpoints);
    warnings = Required.listOrEmpty(warnings);
  }

  public record Memory(long samples, ByteSize minBytes, ByteSize meanBytes, ByteSize maxBytes) {}

  /**
   * One execution.
   *
   * @param outcome running, completed, failed, given-back, lost or cancelled
   */
  public record Attempt(
      int number,
      WorkerId worker,
      GpuUuid gpu,
      Instant grantedAt,
      Optional<Instant> endedAt,
      String outcome,
      Optional<ErrorClass> errorClass,
      Optional<String> errorMessage,
      Optional<ByteSize> peakMemoryBytes) {}

  /** One validation of a training run; smaller distance is better. */
  public record Validation(long step, int phase, double distance, Map<String, Double> measures) {
    public Validation {
      measures = measures == null ? Map.of() : Map.copyOf(measures);
    }
  }

  /** One checkpoint on storage. */
  public record Checkpoint(long step, int phase, String path, String sha256, ByteSize sizeBytes) {}

  /** Something a person should know that did not stop the job. */
  public record Warning(int attempt, String message) {}
}
