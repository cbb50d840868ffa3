package dev.morphene.protocol.view;

import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.message.Heartbeat;
import java.time.Instant;
import java.util.List;

/**
 * A node of the cluster.
 *
 * @param alive whether it said so within the last lease
 */
public record NodeView(
    WorkerId worker,
    String host,
    boolean alive,
    Instant lastSeen,
    List<JobKind> kinds,
    List<Heartbeat.Device> devices,
    List<JobId> running) {}
