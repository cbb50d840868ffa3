package dev.morphene.protocol.message;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.Required;
import java.time.Instant;

/**
 * Something that happened to an attempt. Stored once: {@code (attempt, sequence)} is its identity.
 *
 * @param version 1
 * @param sequence grows by one with each event of the attempt, from 1
 * @param at the node's wall clock
 * @param report what happened
 */
public record AttemptEvent(
    int version,
    AttemptId attempt,
    WorkerId worker,
    long sequence,
    Instant at,
    AttemptReport report) {
  /** The version written by this code. */
  public static final int VERSION = 1;

  public AttemptEvent {
    Required.present(attempt, "attempt");
    Required.present(worker, "worker");
    Required.atLeast(1, sequence, "sequence");
    Required.present(at, "at");
    Required.present(report, "report");
  }
}
