package dev.morphene.rave.process;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * One line that a child process reads on standard input. End of input means that the agent is gone:
 * the process stops as if told to.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ProcessCommand.CheckpointNow.class, name = "checkpoint-now"),
  @JsonSubTypes.Type(value = ProcessCommand.Renewed.class, name = "renewed"),
  @JsonSubTypes.Type(value = ProcessCommand.Stop.class, name = "stop")
})
public sealed interface ProcessCommand {
  /** Write a checkpoint after the step in progress and go on. */
  record CheckpointNow() implements ProcessCommand {}

  /**
   * The right to run lasts until then; see {@link LeaseWatch}.
   *
   * @param untilNanos a reading of the machine's monotonic clock
   */
  record Renewed(long untilNanos) implements ProcessCommand {}

  /** Write a checkpoint after the step in progress, say {@code stopped}, and exit. */
  record Stop() implements ProcessCommand {}
}
