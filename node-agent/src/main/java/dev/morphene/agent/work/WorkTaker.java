package dev.morphene.agent.work;

import dev.morphene.agent.NodeAgentConfig;
import dev.morphene.agent.attempt.AttemptRunner;
import dev.morphene.agent.coordinator.CoordinatorPort;
import dev.morphene.agent.lease.LeaseBook;
import dev.morphene.agent.placement.Admission;
import dev.morphene.agent.placement.Placement;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.message.ClaimReply;
import dev.morphene.protocol.message.ClaimRequest;
import dev.morphene.protocol.message.JobMessage;
import dev.morphene.protocol.queue.QueueName;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages while there is room, claims them, and only then acknowledges. A message is held
 * for seconds, never for the length of a job.
 */
public final class WorkTaker {
  private static final Logger LOG = LoggerFactory.getLogger(WorkTaker.class);
  private static final long PAUSE_AFTER_FAILED_CLAIM_MILLIS = 1_000;

  private final NodeAgentConfig config;
  private final Admission admission;
  private final CoordinatorPort coordinator;
  private final AttemptRunner runner;
  private final LeaseBook leases;
  private final LongSupplier nanoTicker;
  private final Executor attempts;
  private final ScheduledExecutorService scheduler;
  private final Map<String, WorkSource.Subscription> subscriptions = new TreeMap<>();
  private boolean open = true;

  /**
   * @param attempts runs one attempt a thread, to its end
   * @param scheduler delays the return of a message whose claim failed
   */
  public WorkTaker(
      NodeAgentConfig config,
      Admission admission,
      CoordinatorPort coordinator,
      AttemptRunner runner,
      LeaseBook leases,
      LongSupplier nanoTicker,
      Executor attempts,
      ScheduledExecutorService scheduler) {
    this.config = config;
    this.admission = admission;
    this.coordinator = coordinator;
    this.runner = runner;
    this.leases = leases;
    this.nanoTicker = nanoTicker;
    this.attempts = attempts;
    this.scheduler = scheduler;
  }

  /** Subscribes to every queue that the node serves, and takes where there is room. */
  public void start(WorkSource source) {
    for (QueueName queue : admission.queues()) {
      WorkSource.Subscription subscription =
          source.subscribe(queue, delivery -> attempts.execute(() -> handle(queue, delivery)));
      synchronized (this) {
        subscriptions.put(queue.value(), subscription);
      }
    }
    takeWhereThereIsRoom();
  }

  /** Takes nothing more; what runs goes on. */
  public synchronized void stopTaking() {
    open = false;
    subscriptions.values().forEach(subscription -> subscription.setTaking(false));
  }

  public synchronized void close() {
    stopTaking();
    subscriptions.values().forEach(WorkSource.Subscription::close);
    subscriptions.clear();
  }

  private synchronized void takeWhereThereIsRoom() {
    subscriptions.forEach(
        (queue, subscription) ->
            subscription.setTaking(open && admission.hasRoomFor(new QueueName(queue))));
  }

  private void handle(QueueName queue, WorkSource.Delivery delivery) {
    JobMessage message;
    try {
      message = ProtocolJson.read(delivery.body(), JobMessage.class);
    } catch (MalformedMessage malformed) {
      delivery.deadLetter(malformed.getMessage());
      return;
    }
    if (leases.holds(message.attempt())) {
      // A second message of what runs here already: the claim would be granted again.
      delivery.acknowledge();
      return;
    }
    Optional<Placement> placement = admission.reserve(queue);
    takeWhereThereIsRoom();
    if (placement.isEmpty()) {
      delivery.requeue();
      return;
    }
    try {
      claimAndRun(message, placement.get(), delivery);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException unexpected) {
      LOG.error("Attempt {} could not be handled.", message.attempt(), unexpected);
    } finally {
      admission.release(placement.get());
      takeWhereThereIsRoom();
    }
  }

  private void claimAndRun(JobMessage message, Placement placement, WorkSource.Delivery delivery)
      throws InterruptedException {
    long sentAtNanos = nanoTicker.getAsLong();
    ClaimReply reply;
    try {
      reply =
          coordinator
              .claim(
                  new ClaimRequest(
                      ClaimRequest.VERSION, message.attempt(), config.worker(), placement.gpu()))
              .get(config.claimTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException cause) {
      LOG.warn(
          "No answer to the claim of attempt {}; its message goes back.", message.attempt(), cause);
      scheduler.schedule(delivery::requeue, PAUSE_AFTER_FAILED_CLAIM_MILLIS, TimeUnit.MILLISECONDS);
      return;
    }
    if (reply instanceof ClaimReply.Granted granted) {
      leases.hold(granted.attempt(), sentAtNanos, granted.leaseMillis());
      delivery.acknowledge();
      runner.run(granted, placement);
    } else if (reply instanceof ClaimReply.Refused refused) {
      LOG.info("Attempt {} was not granted: {}", message.attempt(), refused.message());
      delivery.acknowledge();
    }
  }
}
