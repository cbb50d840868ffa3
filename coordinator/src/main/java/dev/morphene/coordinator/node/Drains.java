package dev.morphene.coordinator.node;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.job.OperatorRefusal;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.message.NodeCommand;
import dev.morphene.protocol.message.SessionId;
import java.util.Optional;

/** Asks nodes to leave: a durable intent that stands until the node has joined anew. */
public final class Drains {
  private final Database database;
  private final NodeCommands commands;

  public Drains(Database database, NodeCommands commands) {
    this.database = database;
    this.commands = commands;
  }

  /**
   * Asking twice is asking once.
   *
   * @throws OperatorRefusal when no such node has ever joined
   */
  public void drain(WorkerId worker) {
    Optional<SessionId> session =
        database.transact(
            transaction ->
                transaction
                    .row(
                        "update worker set drain_requested_at = coalesce(drain_requested_at, now())"
                            + " where worker = $1 and session is not null returning session",
                        worker.value())
                    .map(row -> new SessionId(row.getUUID("session"))));
    SessionId known =
        session.orElseThrow(
            () ->
                new OperatorRefusal(
                    OperatorRefusal.Reason.UNKNOWN_NODE,
                    "There is no node " + worker + "; see the list of nodes."));
    commands.tell(worker, new NodeCommand.Drain(NodeCommand.VERSION, known));
  }
}
