package dev.morphene.agent.coordinator;

import dev.morphene.broker.Broker;
import dev.morphene.broker.Outgoing;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.message.ClaimReply;
import dev.morphene.protocol.message.ClaimRequest;
import dev.morphene.protocol.message.EventBatch;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.message.HeartbeatReply;
import dev.morphene.protocol.message.JoinReply;
import dev.morphene.protocol.message.JoinRequest;
import dev.morphene.protocol.message.TelemetryBatch;
import dev.morphene.protocol.queue.QueueName;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Reaches the coordinator through the broker: nodes have no other way to it. */
public final class BrokerCoordinatorPort implements CoordinatorPort {
  /** For the answer to a claim or a heartbeat; well below the lease. */
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

  private final Broker broker;

  public BrokerCoordinatorPort(Broker broker) {
    this.broker = broker;
  }

  @Override
  public CompletableFuture<JoinReply> join(JoinRequest request) {
    return ask(QueueName.JOINS, request, JoinReply.class);
  }

  @Override
  public CompletableFuture<ClaimReply> claim(ClaimRequest request) {
    return ask(QueueName.CLAIMS, request, ClaimReply.class);
  }

  @Override
  public CompletableFuture<HeartbeatReply> heartbeat(Heartbeat heartbeat) {
    return ask(QueueName.HEARTBEATS, heartbeat, HeartbeatReply.class);
  }

  @Override
  public CompletableFuture<Void> report(EventBatch events) {
    return broker.publish(QueueName.EVENTS, Outgoing.persistent(ProtocolJson.write(events)));
  }

  @Override
  public CompletableFuture<Void> telemetry(TelemetryBatch batch) {
    return broker.publish(QueueName.TELEMETRY, Outgoing.fleeting(ProtocolJson.write(batch)));
  }

  private <T> CompletableFuture<T> ask(QueueName queue, Object request, Class<T> replyType) {
    return broker
        .request(queue, ProtocolJson.write(request), REQUEST_TIMEOUT)
        .thenApply(
            body -> {
              try {
                return ProtocolJson.read(body, replyType);
              } catch (MalformedMessage malformed) {
                throw new CompletionException(malformed);
              }
            });
  }
}
