package dev.morphene.coordinator;

import dev.morphene.broker.Broker;
import dev.morphene.broker.Delivery;
import dev.morphene.coordinator.claim.Claims;
import dev.morphene.coordinator.database.DatabaseUnavailable;
import dev.morphene.coordinator.event.Events;
import dev.morphene.coordinator.lease.Heartbeats;
import dev.morphene.coordinator.submission.Submissions;
import dev.morphene.coordinator.telemetry.Telemetry;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.message.AttemptEvent;
import dev.morphene.protocol.message.ClaimRequest;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.message.TelemetryBatch;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.submission.Submission;
import dev.morphene.protocol.submission.SubmissionReply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a coordinator does with the messages of its queues. Each queue has a thread of its own,
 * which waits for the database; a message is acknowledged once its transaction is committed.
 */
final class MessageHandlers {
  private static final Logger LOG = LoggerFactory.getLogger(MessageHandlers.class);
  private static final int PREFETCH = 32;

  private final Broker broker;
  private final Submissions submissions;
  private final Claims claims;
  private final Heartbeats heartbeats;
  private final Events events;
  private final Telemetry telemetry;

  MessageHandlers(
      Broker broker,
      Submissions submissions,
      Claims claims,
      Heartbeats heartbeats,
      Events events,
      Telemetry telemetry) {
    this.broker = broker;
    this.submissions = submissions;
    this.claims = claims;
    this.heartbeats = heartbeats;
    this.events = events;
    this.telemetry = telemetry;
  }

  void start() {
    consume(QueueName.SUBMIT, this::submit);
    consume(
        QueueName.CLAIMS,
        delivery ->
            answer(delivery, claims.claim(ProtocolJson.read(delivery.body(), ClaimRequest.class))));
    consume(
        QueueName.HEARTBEATS,
        delivery ->
            answer(delivery, heartbeats.beat(ProtocolJson.read(delivery.body(), Heartbeat.class))));
    consume(
        QueueName.EVENTS,
        delivery -> events.store(ProtocolJson.read(delivery.body(), AttemptEvent.class)));
    consume(
        QueueName.TELEMETRY,
        delivery -> telemetry.store(ProtocolJson.read(delivery.body(), TelemetryBatch.class)));
  }

  @FunctionalInterface
  private interface Handling {
    void handle(Delivery delivery) throws MalformedMessage;
  }

  /**
   * A message that cannot be handled while the database is away comes again; one that it refuses,
   * or that meets a fault of ours, would come again for ever, so it is put aside.
   */
  private void consume(QueueName queue, Handling handling) {
    broker.consume(
        queue,
        PREFETCH,
        delivery -> {
          try {
            handling.handle(delivery);
            delivery.ack();
          } catch (MalformedMessage malformed) {
            LOG.warn("A message of {} is dead-lettered: {}", queue, malformed.getMessage());
            delivery.deadLetter(malformed.getMessage());
          } catch (DatabaseUnavailable away) {
            delivery.fail(away);
          } catch (RuntimeException fault) {
            LOG.error("A message of {} is dead-lettered after a fault.", queue, fault);
            delivery.deadLetter("It could not be handled: " + fault.getMessage());
          }
        });
  }

  private void submit(Delivery delivery) throws MalformedMessage {
    SubmissionReply reply;
    try {
      reply = submissions.accept(ProtocolJson.read(delivery.body(), Submission.class));
    } catch (MalformedMessage malformed) {
      answer(delivery, new SubmissionReply.Refused(malformed.getMessage()));
      throw malformed;
    }
    answer(delivery, reply);
    if (reply instanceof SubmissionReply.Refused refused) {
      throw new MalformedMessage(refused.message(), null);
    }
  }

  /** An asker that is gone asks again, so its answer may be lost. */
  private void answer(Delivery request, Object reply) {
    broker
        .reply(request, ProtocolJson.write(reply))
        .exceptionally(
            gone -> {
              LOG.debug("An answer on {} reached nobody.", request.queue(), gone);
              return null;
            });
  }
}
