package dev.morphene.coordinator.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.protocol.json.ProtocolJson;
import java.time.Duration;

/**
 * What the coordinator itself did about an attempt, among the events of the attempt: their
 * sequences are 0 (granted, written with the grant) and below, where no node's are.
 */
final class OwnEvents {
  private static final int LOST = -1;
  private static final int RETRYING = -2;
  private static final int CANCELLED = -3;

  private OwnEvents() {}

  static void lost(Transaction transaction, Job job, String message) {
    write(transaction, job, LOST, report("lost").put("message", message));
  }

  /**
   * @param pause before it is tried again
   */
  static void retrying(Transaction transaction, Job job, Duration pause) {
    write(transaction, job, RETRYING, report("retrying").put("afterMillis", pause.toMillis()));
  }

  static void cancelled(Transaction transaction, Job job) {
    write(transaction, job, CANCELLED, report("cancelled"));
  }

  private static ObjectNode report(String type) {
    return ProtocolJson.mapper().createObjectNode().put("type", type);
  }

  private static void write(Transaction transaction, Job job, int sequence, ObjectNode report) {
    transaction.update(
        "insert into event (job_id, attempt, sequence, worker, at, type, report) values ($1, $2,"
            + " $3, 'coordinator', now(), $4, $5::text::jsonb) on conflict do nothing",
        job.id().value(),
        job.attempt().value(),
        (long) sequence,
        report.get("type").asText(),
        Jobs.json(report));
  }
}
