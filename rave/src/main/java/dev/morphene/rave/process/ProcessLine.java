package dev.morphene.rave.process;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One line that a child process writes on standard output. {@code hello} comes first; {@code done},
 * {@code failed} or {@code stopped} comes last, exactly once, unless the process is killed.
 * Everything else on standard output is an error of ours; logs go to standard error.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ProcessLine.Hello.class, name = "hello"),
  @JsonSubTypes.Type(value = ProcessLine.Progress.class, name = "progress"),
  @JsonSubTypes.Type(value = ProcessLine.Validation.class, name = "validation"),
  @JsonSubTypes.Type(value = ProcessLine.CheckpointWritten.class, name = "checkpoint"),
  @JsonSubTypes.Type(value = ProcessLine.Warning.class, name = "warning"),
  @JsonSubTypes.Type(value = ProcessLine.Health.class, name = "health"),
  @JsonSubTypes.Type(value = ProcessLine.Done.class, name = "done"),
  @JsonSubTypes.Type(value = ProcessLine.Failed.class, name = "failed"),
  @JsonSubTypes.Type(value = ProcessLine.Stopped.class, name = "stopped")
})
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public sealed interface ProcessLine {

  /**
   * The process is up and has read its request.
   *
   * @param kind preprocess, train, audit or export
   * @param processId operating system process id
   * @param device {@code cpu} or {@code cuda:N}
   * @param memoryBytes memory the device can give, bytes; absent when it cannot be read
   * @param recipe what decides the memory a job needs: config, batch, signal samples, channels,
   *     sampling rate, trainer and its version
   */
  record Hello(
      String kind,
      long processId,
      String device,
      OptionalLong memoryBytes,
      Map<String, String> recipe)
      implements ProcessLine {}

  /**
   * How far the job is.
   *
   * @param stage words for a person, e.g. {@code representation}, {@code adversarial}, {@code
   *     rendering}
   * @param step units done, counted from the start of the job over all attempts
   * @param totalSteps units in all; at least 1
   * @param stepsPerSecond recent speed; absent until known
   * @param remainingMillis estimated time left; absent until known
   * @param residentBytes resident memory of this process
   * @param measures named figures, losses for instance
   */
  record Progress(
      String stage,
      long step,
      long totalSteps,
      OptionalDouble stepsPerSecond,
      OptionalLong remainingMillis,
      long residentBytes,
      Map<String, Double> measures)
      implements ProcessLine {}

  /**
   * A validation of the model in training.
   *
   * @param step training step after which it was measured; 0 is before the first step
   * @param phase 1 representation, 2 adversarial
   * @param distance full-band spectral distance averaged over the validation set; smaller is better
   * @param measures further figures, {@code fidelity_0.95} (latents needed) for instance
   */
  record Validation(long step, int phase, double distance, Map<String, Double> measures)
      implements ProcessLine {}

  /**
   * A checkpoint is complete and synced under its final name.
   *
   * @param sha256 lower-case hexadecimal digest of the file
   */
  record CheckpointWritten(long step, int phase, Path path, String sha256, long sizeBytes)
      implements ProcessLine {}

  /** Something a person should know that did not stop the job: a file left out, with the reason. */
  record Warning(String message) implements ProcessLine {}

  /**
   * Something is amiss with a model in training; written once when it begins.
   *
   * @param step training steps done when it was noticed
   * @param message one sentence with the numbers and what to do
   * @param measures the numbers by name
   */
  record Health(HealthCondition condition, long step, String message, Map<String, Double> measures)
      implements ProcessLine {}

  /** The job is complete; {@code result} is the kind's result object. */
  record Done(JsonNode result) implements ProcessLine {}

  /**
   * The job failed.
   *
   * @param message one sentence with the fix
   * @param evidence the last lines that explain it, oldest first
   */
  record Failed(FailureClass failureClass, String message, List<String> evidence)
      implements ProcessLine {}

  /** The job obeyed a stop command; it goes on from {@code step} when started again. */
  record Stopped(long step) implements ProcessLine {}
}
