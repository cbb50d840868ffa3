package dev.morphene.coordinator.telemetry;

import dev.morphene.coordinator.database.Transaction;
import io.vertx.sqlclient.Row;

/**
 * What of all nodes' measuring was stored and what was lost, since the cluster began and whichever
 * coordinators ran. Batches under way to another coordinator count as lost until it has stored
 * them; a node's last batches, when it was never heard of again, are not known of.
 *
 * @param samples stored
 * @param batches stored
 * @param batchesLost that nodes have sent and nobody has stored
 * @param samplesLostAtNodes that nodes have said they could not send
 */
public record TelemetryLoss(long samples, long batches, long batchesLost, long samplesLostAtNodes) {

  public static TelemetryLoss read(Transaction transaction) {
    Row row =
        transaction
            .row(
                """
                select coalesce(sum(samples), 0)::bigint as samples,
                  coalesce(sum(batches), 0)::bigint as batches,
                  coalesce(sum(newest_sequence - batches), 0)::bigint as batches_lost,
                  coalesce(sum(samples_lost_at_node), 0)::bigint as samples_lost_at_nodes
                  from node_telemetry
                """)
            .orElseThrow();
    return new TelemetryLoss(
        row.getLong("samples"),
        row.getLong("batches"),
        row.getLong("batches_lost"),
        row.getLong("samples_lost_at_nodes"));
  }
}
