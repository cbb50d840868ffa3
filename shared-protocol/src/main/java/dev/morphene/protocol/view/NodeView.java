package dev.morphene.protocol.view;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.message.Heartbeat;
import java.time.Instant;
import java.util.List;

/**
 * A node of the cluster.
 *
 * @param alive whether it was heard of lately
 */
public record NodeView(
    WorkerId worker,
    String host,
    boolean alive,
    Instant lastSeenAt,
    List<JobKind> kinds,
    List<Heartbeat.Device> devices,
    List<AttemptId> running) {
  public NodeView {
    kinds = Required.listOrEmpty(kinds);
    devices = Required.listOrEmpty(devices);
    running = Required.listOrEmpty(running);
  }
}
