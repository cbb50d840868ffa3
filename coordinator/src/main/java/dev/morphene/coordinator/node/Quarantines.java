package dev.morphene.coordinator.node;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.job.OperatorRefusal;
import dev.morphene.coordinator.job.OperatorRefusal.Reason;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.Required;

/**
 * Keeps nodes from new jobs while somebody looks at them; what runs there goes on. A quarantine
 * outlives the node's process: a restart does not mend a machine.
 */
public final class Quarantines {
  private static final int LONGEST_REASON = 500;

  private final Database database;

  public Quarantines(Database database) {
    this.database = database;
  }

  /**
   * Again: the newer reason counts.
   *
   * @param reason for whoever looks at the node later; at most 500 characters
   * @throws OperatorRefusal when no such node has ever joined
   */
  public void quarantine(WorkerId worker, String reason) {
    Required.shortText(reason, LONGEST_REASON, "reason");
    change(
        worker,
        "update worker set quarantined_at = coalesce(quarantined_at, now()), quarantine_reason ="
            + " $2 where worker = $1",
        worker.value(),
        reason);
  }

  /**
   * A node that is in no quarantine is left as it is.
   *
   * @throws OperatorRefusal when no such node has ever joined
   */
  public void release(WorkerId worker) {
    change(
        worker,
        "update worker set quarantined_at = null, quarantine_reason = null where worker = $1",
        worker.value());
  }

  private void change(WorkerId worker, String sql, Object... parameters) {
    if (database.transact(transaction -> transaction.update(sql, parameters)) == 0) {
      throw new OperatorRefusal(
          Reason.UNKNOWN_NODE, "There is no node " + worker + "; see the list of nodes.");
    }
  }
}
