package dev.morphene.coordinator.messaging;

import dev.morphene.broker.Broker;
import dev.morphene.broker.Delivery;
import dev.morphene.coordinator.claim.Claims;
import dev.morphene.coordinator.event.Events;
import dev.morphene.coordinator.messaging.BatchConsumer.Received;
import dev.morphene.coordinator.node.Heartbeats;
import dev.morphene.coordinator.node.Joins;
import dev.morphene.coordinator.submission.Submissions;
import dev.morphene.coordinator.telemetry.Telemetry;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.message.ClaimRequest;
import dev.morphene.protocol.message.EventBatch;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.message.JoinReply;
import dev.morphene.protocol.message.JoinRequest;
import dev.morphene.protocol.message.TelemetryBatch;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.submission.Submission;
import dev.morphene.protocol.submission.SubmissionReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a coordinator does with the messages of its queues, one thread a queue, two for telemetry.
 */
public final class MessageHandlers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MessageHandlers.class);
  private static final int PREFETCH = 512;
  private static final int MOST_TOGETHER = 256;

  /** Two, so that one reads messages while the database works for the other. */
  private static final int TELEMETRY_CONSUMERS = 2;

  private static final int TELEMETRY_PREFETCH = 2_048;
  private static final int TELEMETRY_TOGETHER = 1_024;

  /** Nobody waits for samples, and a thousand messages cost little more than ten. */
  private static final Duration TELEMETRY_GATHERING = Duration.ofMillis(150);

  /** Each may hold many jobs: few enough that a transaction stays short. */
  private static final int MOST_SUBMISSIONS = 32;

  private final Broker broker;
  private final Submissions submissions;
  private final Joins joins;
  private final Claims claims;
  private final Heartbeats heartbeats;
  private final Events events;
  private final Telemetry telemetry;
  private final Runnable roomMayHaveCome;
  private final List<BatchConsumer<?>> consumers = new ArrayList<>();

  /**
   * @param roomMayHaveCome called after claims, events and heartbeats: more may be published now
   */
  public MessageHandlers(
      Broker broker,
      Submissions submissions,
      Joins joins,
      Claims claims,
      Heartbeats heartbeats,
      Events events,
      Telemetry telemetry,
      Runnable roomMayHaveCome) {
    this.broker = broker;
    this.submissions = submissions;
    this.joins = joins;
    this.claims = claims;
    this.heartbeats = heartbeats;
    this.events = events;
    this.telemetry = telemetry;
    this.roomMayHaveCome = roomMayHaveCome;
  }

  public void start() {
    consume(
        QueueName.SUBMIT,
        Submission.class,
        MOST_SUBMISSIONS,
        this::submit,
        (delivery, why) -> answer(delivery, new SubmissionReply.Refused(why, false)));
    consume(
        QueueName.JOINS,
        JoinRequest.class,
        1,
        this::join,
        (delivery, why) -> answer(delivery, new JoinReply.Refused(why)));
    consume(QueueName.CLAIMS, ClaimRequest.class, MOST_TOGETHER, this::claim, this::tellNobody);
    consume(QueueName.HEARTBEATS, Heartbeat.class, MOST_TOGETHER, this::beat, this::tellNobody);
    consume(QueueName.EVENTS, EventBatch.class, MOST_TOGETHER, this::store, this::tellNobody);
    for (int i = 0; i < TELEMETRY_CONSUMERS; i++) {
      consumers.add(
          new BatchConsumer<>(
              broker,
              QueueName.TELEMETRY,
              TelemetryBatch.class,
              TELEMETRY_PREFETCH,
              TELEMETRY_TOGETHER,
              TELEMETRY_GATHERING,
              this::measure,
              this::tellNobody));
    }
  }

  private <M> void consume(
      QueueName queue,
      Class<M> type,
      int most,
      BatchConsumer.Handling<M> handling,
      BiConsumer<Delivery, String> refusal) {
    consumers.add(
        new BatchConsumer<>(broker, queue, type, PREFETCH, most, Duration.ZERO, handling, refusal));
  }

  /** The dead letter tells it: these messages have no answer that says no. */
  private void tellNobody(Delivery delivery, String why) {
    LOG.debug("Nobody is told that {}", why);
  }

  private void submit(List<Received<Submission>> messages) {
    List<SubmissionReply> replies =
        submissions.accept(messages.stream().map(Received::message).toList());
    answerAll(messages, replies);
    for (int i = 0; i < messages.size(); i++) {
      if (replies.get(i) instanceof SubmissionReply.Refused refused) {
        LOG.warn("A submission is dead-lettered: {}", refused.message());
        messages.get(i).delivery().deadLetter(refused.message());
      }
    }
  }

  private void join(List<Received<JoinRequest>> messages) {
    messages.forEach(request -> answer(request.delivery(), joins.join(request.message())));
  }

  private void claim(List<Received<ClaimRequest>> messages) {
    answerAll(messages, claims.claim(messages.stream().map(Received::message).toList()));
    roomMayHaveCome.run();
  }

  private void beat(List<Received<Heartbeat>> messages) {
    answerAll(messages, heartbeats.beat(messages.stream().map(Received::message).toList()));
    roomMayHaveCome.run();
  }

  private void store(List<Received<EventBatch>> messages) {
    events.store(messages.stream().flatMap(batch -> batch.message().events().stream()).toList());
    roomMayHaveCome.run();
  }

  private void measure(List<Received<TelemetryBatch>> messages) {
    telemetry.store(messages.stream().map(Received::message).toList());
  }

  private <M> void answerAll(List<Received<M>> requests, List<?> replies) {
    for (int i = 0; i < requests.size(); i++) {
      answer(requests.get(i).delivery(), replies.get(i));
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

  @Override
  public void close() {
    consumers.forEach(BatchConsumer::close);
  }
}
