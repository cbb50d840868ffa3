package dev.morphene.protocol.view;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.message.Heartbeat;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A node of the cluster.
 *
 * @param alive whether it was heard of lately
 * @param draining whether it is about to leave
 * @param quarantine why it is given nothing new; absent when it is
 */
public record NodeView(
    WorkerId worker,
    String host,
    boolean alive,
    boolean draining,
    Instant lastSeenAt,
    List<JobKind> kinds,
    List<Heartbeat.Device> devices,
    List<AttemptId> running,
    Optional<Quarantine> quarantine) {
  public NodeView {
    kinds = Required.listOrEmpty(kinds);
    devices = Required.listOrEmpty(devices);
    running = Required.listOrEmpty(running);
  }

  /** An operator keeps the node from new jobs; what runs there goes on. */
  public record Quarantine(String reason, Instant since) {}
}
