package dev.morphene.agent.coordinator;

import dev.morphene.protocol.message.ClaimReply;
import dev.morphene.protocol.message.ClaimRequest;
import dev.morphene.protocol.message.EventBatch;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.message.HeartbeatReply;
import dev.morphene.protocol.message.JoinReply;
import dev.morphene.protocol.message.JoinRequest;
import dev.morphene.protocol.message.TelemetryBatch;
import java.util.concurrent.CompletableFuture;

/**
 * What a node says to the coordinator and asks of it. Every future fails, rather than hangs, when
 * the coordinator or the broker cannot be reached in time.
 */
public interface CoordinatorPort {
  CompletableFuture<JoinReply> join(JoinRequest request);

  CompletableFuture<ClaimReply> claim(ClaimRequest request);

  CompletableFuture<HeartbeatReply> heartbeat(Heartbeat heartbeat);

  /** Completes when the events are safe with the broker; the same ones may be said again. */
  CompletableFuture<Void> report(EventBatch events);

  CompletableFuture<Void> telemetry(TelemetryBatch batch);
}
