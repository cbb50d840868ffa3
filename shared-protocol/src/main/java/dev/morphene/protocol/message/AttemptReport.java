package dev.morphene.protocol.message;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.memory.ByteSize;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What an {@link AttemptEvent} says. {@code completed}, {@code failed} and {@code given-back} end
 * the attempt.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = AttemptReport.Started.class, name = "started"),
  @JsonSubTypes.Type(value = AttemptReport.Progressed.class, name = "progressed"),
  @JsonSubTypes.Type(value = AttemptReport.Validated.class, name = "validated"),
  @JsonSubTypes.Type(value = AttemptReport.CheckpointStored.class, name = "checkpoint-stored"),
  @JsonSubTypes.Type(value = AttemptReport.Warned.class, name = "warned"),
  @JsonSubTypes.Type(value = AttemptReport.HealthNoticed.class, name = "health-noticed"),
  @JsonSubTypes.Type(value = AttemptReport.Logged.class, name = "logged"),
  @JsonSubTypes.Type(value = AttemptReport.Completed.class, name = "completed"),
  @JsonSubTypes.Type(value = AttemptReport.Failed.class, name = "failed"),
  @JsonSubTypes.Type(value = AttemptReport.GivenBack.class, name = "given-back")
})
public sealed interface AttemptReport {

  /** Whether the attempt is over with this report. */
  default boolean endsAttempt() {
    return this instanceof Completed || this instanceof Failed || this instanceof GivenBack;
  }

  /** The child process is up. {@code recipe}: what decides the memory a job needs, by name. */
  record Started(long processId, String device, Map<String, String> recipe)
      implements AttemptReport {
    public Started {
      Required.text(device, "device");
      recipe = recipe == null ? Map.of() : Map.copyOf(recipe);
    }
  }

  /** How far it is. Steps count over all attempts; measures are the latest losses and the like. */
  record Progressed(
      String stage,
      long step,
      long totalSteps,
      OptionalDouble stepsPerSecond,
      OptionalLong remainingMillis,
      ByteSize memory,
      Map<String, Double> measures)
      implements AttemptReport {
    public Progressed {
      Required.text(stage, "stage");
      Required.atLeast(0, step, "step");
      Required.atLeast(1, totalSteps, "totalSteps");
      Required.present(memory, "memory");
      measures = measures == null ? Map.of() : Map.copyOf(measures);
    }
  }

  /** A validation during training; smaller distance is better. */
  record Validated(long step, int phase, double distance, Map<String, Double> measures)
      implements AttemptReport {
    public Validated {
      Required.atLeast(0, step, "step");
      Required.between(1, 2, phase, "phase");
      measures = measures == null ? Map.of() : Map.copyOf(measures);
    }
  }

  /** A checkpoint is complete on storage. */
  record CheckpointStored(long step, int phase, String path, String sha256, ByteSize size)
      implements AttemptReport {
    public CheckpointStored {
      Required.atLeast(0, step, "step");
      Required.text(path, "path");
      Required.text(sha256, "sha256");
      Required.present(size, "size");
    }
  }

  /** Something a person should know that did not stop the job. */
  record Warned(String message) implements AttemptReport {
    public Warned {
      Required.text(message, "message");
    }
  }

  /**
   * Something began to be amiss with a model in training.
   *
   * @param condition nan, silence, clipping, collapse, runaway or plateau; later versions may know
   *     more
   * @param step training steps done when it was noticed
   * @param message one sentence with the numbers and what to do
   * @param measures the numbers by name
   */
  record HealthNoticed(String condition, long step, String message, Map<String, Double> measures)
      implements AttemptReport {
    public HealthNoticed {
      Required.text(condition, "condition");
      Required.atLeast(0, step, "step");
      Required.text(message, "message");
      measures = measures == null ? Map.of() : Map.copyOf(measures);
    }
  }

  /**
   * What the child process wrote on its standard error.
   *
   * @param lines oldest first, at most {@link #MOST_LINES}, each cut after {@link #LONGEST_LINE}
   *     characters
   * @param leftOut lines that came before these and are not sent
   */
  record Logged(List<String> lines, long leftOut) implements AttemptReport {
    /** Of one report. */
    public static final int MOST_LINES = 50;

    /** Characters. */
    public static final int LONGEST_LINE = 500;

    public Logged {
      lines = Required.notEmpty(lines, "lines");
      Required.between(1, MOST_LINES, lines.size(), "number of lines");
      Required.atLeast(0, leftOut, "leftOut");
    }
  }

  /** Done. {@code peakMemory}: the most the child process held. */
  record Completed(JsonNode result, ByteSize peakMemory) implements AttemptReport {
    public Completed {
      Required.present(result, "result");
      Required.present(peakMemory, "peakMemory");
    }
  }

  /** Failed, with the evidence (last log lines, oldest first) and a suggested fix. */
  record Failed(
      ErrorClass errorClass,
      String message,
      List<String> evidence,
      String suggestedFix,
      ByteSize peakMemory)
      implements AttemptReport {
    public Failed {
      Required.present(errorClass, "errorClass");
      Required.text(message, "message");
      evidence = Required.listOrEmpty(evidence);
      Required.present(suggestedFix, "suggestedFix");
      Required.present(peakMemory, "peakMemory");
    }
  }

  /**
   * Stopped before its end because it was told to, or because the node is leaving; goes on from its
   * checkpoint.
   */
  record GivenBack(ErrorClass reason, long step) implements AttemptReport {
    public GivenBack {
      Required.present(reason, "reason");
    }
  }
}
