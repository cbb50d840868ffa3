package dev.morphene.agent.work;

import dev.morphene.agent.NodeAgentConfig;
import dev.morphene.agent.attempt.AttemptRunner;
import dev.morphene.agent.coordinator.CoordinatorPort;
import dev.morphene.agent.lease.LeaseBook;
import dev.morphene.agent.placement.Admission;
import dev.morphene.agent.placement.Placement;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.message.ClaimReply;
import dev.morphene.protocol.message.ClaimRequest;
import dev.morphene.protocol.message.JobMessage;
import dev.morphene.protocol.queue.QueueName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages while there is room, the largest job at hand first ({@link PassedOver}), claims
 * all that are at hand with one request, and only then acknowledges. A message is held for seconds,
 * never for the length of a job.
 */
public final class WorkTaker {
  private static final Logger LOG = LoggerFactory.getLogger(WorkTaker.class);
  private static final long PAUSE_AFTER_FAILED_CLAIM_MILLIS = 1_000;
  private static final long PAUSE_AFTER_RETURN_MILLIS = 5_000;
  private static final int MOST_TOGETHER = 128;

  private record Taken(QueueName queue, WorkSource.Delivery delivery) {}

  private record Read(QueueName queue, JobMessage job, WorkSource.Delivery delivery) {}

  private record Placed(JobMessage message, Placement placement, WorkSource.Delivery delivery) {}

  private final NodeAgentConfig config;
  private final Admission admission;
  private final CoordinatorPort coordinator;
  private final AttemptRunner runner;
  private final LeaseBook leases;
  private final LongSupplier nanoTicker;
  private final Executor attempts;
  private final ScheduledExecutorService scheduler;
  private final BlockingQueue<Taken> taken = new LinkedBlockingQueue<>();
  private final Map<String, WorkSource.Subscription> subscriptions = new TreeMap<>();
  private final Map<String, Long> restsUntilNanos = new HashMap<>();
  private final PassedOver passedOver = new PassedOver();
  private final Thread claimer;
  private boolean open = true;
  private boolean quarantined;

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
    this.claimer = new Thread(this::claimUntilClosed, "agent-" + config.worker() + "-claims");
    claimer.setDaemon(true);
  }

  /** Subscribes to every queue that the node serves, and takes where there is room. */
  public void start(WorkSource source) {
    claimer.start();
    for (QueueName queue : admission.queues()) {
      WorkSource.Subscription subscription =
          source.subscribe(
              queue,
              admission.prefetch(queue),
              admission.priority(),
              delivery -> taken.add(new Taken(queue, delivery)));
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

  /** Takes nothing while it is true; what runs goes on. */
  public synchronized void setQuarantined(boolean now) {
    if (quarantined != now) {
      LOG.info(
          "Node {} {}.", config.worker(), now ? "is in quarantine" : "is released from quarantine");
      quarantined = now;
      takeWhereThereIsRoom();
    }
  }

  public void close() {
    stopTaking();
    synchronized (this) {
      subscriptions.values().forEach(WorkSource.Subscription::close);
      subscriptions.clear();
    }
    claimer.interrupt();
  }

  /** Takes from each queue for which there is room; call it when room may have come or gone. */
  public synchronized void takeWhereThereIsRoom() {
    long now = nanoTicker.getAsLong();
    subscriptions.forEach(
        (queue, subscription) ->
            subscription.setTaking(
                open
                    && !quarantined
                    && !rests(queue, now)
                    && admission.hasRoomFor(new QueueName(queue))));
  }

  private boolean rests(String queue, long nowNanos) {
    Long until = restsUntilNanos.get(queue);
    return until != null && until - nowNanos > 0;
  }

  private void claimUntilClosed() {
    while (true) {
      try {
        List<Taken> at = new ArrayList<>();
        at.add(taken.take());
        gather(at);
        claim(inOrder(at));
      } catch (InterruptedException closing) {
        return;
      } catch (RuntimeException | LinkageError fault) {
        LOG.error("Node {}: claiming failed; it goes on.", config.worker(), fault);
      }
    }
  }

  /** Messages that come together reach the node within milliseconds of each other. */
  private void gather(List<Taken> at) throws InterruptedException {
    long untilNanos = nanoTicker.getAsLong() + admission.gathering().toNanos();
    long leftNanos = admission.gathering().toNanos();
    while (leftNanos > 0 && at.size() < MOST_TOGETHER) {
      Taken next = taken.poll(leftNanos, TimeUnit.NANOSECONDS);
      if (next == null) {
        return;
      }
      at.add(next);
      leftNanos = untilNanos - nanoTicker.getAsLong();
    }
    taken.drainTo(at, MOST_TOGETHER - at.size());
  }

  private List<Read> inOrder(List<Taken> messages) {
    List<Read> read = new ArrayList<>();
    for (Taken message : messages) {
      try {
        JobMessage job = ProtocolJson.read(message.delivery().body(), JobMessage.class);
        read.add(new Read(message.queue(), job, message.delivery()));
      } catch (MalformedMessage malformed) {
        message.delivery().deadLetter(malformed.getMessage());
      }
    }
    read.sort(Comparator.comparing(Read::job, passedOver.order(nanoTicker.getAsLong())));
    return read;
  }

  private void claim(List<Read> messages) throws InterruptedException {
    Map<AttemptId, Placed> placed = new LinkedHashMap<>();
    Map<AttemptId, WorkSource.Delivery> returned = new LinkedHashMap<>();
    for (Read message : messages) {
      place(message, placed, returned);
    }
    takeWhereThereIsRoom();
    if (placed.isEmpty() && returned.isEmpty()) {
      return;
    }
    long sentAtNanos = nanoTicker.getAsLong();
    try {
      ClaimReply reply =
          coordinator
              .claim(
                  new ClaimRequest(
                      ClaimRequest.VERSION,
                      config.worker(),
                      config.session(),
                      placed.values().stream()
                          .map(
                              entry ->
                                  new ClaimRequest.Claim(
                                      entry.message().attempt(), entry.placement().gpu()))
                          .toList(),
                      List.copyOf(returned.keySet())))
              .get(config.claimTimeout().toMillis(), TimeUnit.MILLISECONDS);
      returned.values().forEach(WorkSource.Delivery::acknowledge);
      obey(reply, placed, sentAtNanos);
    } catch (ExecutionException | TimeoutException cause) {
      LOG.warn(
          "No answer to a claim of {} attempts; their messages go back.",
          placed.size() + returned.size(),
          cause);
      placed.values().forEach(entry -> requeueLater(entry.delivery()));
      returned.values().forEach(this::requeueLater);
    } finally {
      // What was granted has been taken out.
      placed.values().forEach(entry -> admission.release(entry.placement()));
      takeWhereThereIsRoom();
    }
  }

  private void place(
      Read message, Map<AttemptId, Placed> placed, Map<AttemptId, WorkSource.Delivery> returned) {
    JobMessage job = message.job();
    if (leases.holds(job.attempt())
        || runner.hasBegun(job.attempt())
        || placed.containsKey(job.attempt())) {
      // A second message of what runs here, or did: the claim would be granted again.
      message.delivery().acknowledge();
      return;
    }
    Optional<Placement> place = admission.reserve(message.queue(), job.need());
    if (place.isPresent()) {
      passedOver.forget(job.attempt());
      placed.put(job.attempt(), new Placed(job, place.get(), message.delivery()));
    } else if (!admission.hasRoomFor(message.queue())) {
      // Another job took the room: nothing of this queue is taken before there is some again.
      passedOver.remember(job.attempt(), nanoTicker.getAsLong());
      message.delivery().requeue();
    } else {
      // Others may have a place; here nothing of that queue is taken for a while.
      returned.put(job.attempt(), message.delivery());
      rest(message.queue());
    }
  }

  private void rest(QueueName queue) {
    synchronized (this) {
      restsUntilNanos.put(
          queue.value(),
          nanoTicker.getAsLong() + TimeUnit.MILLISECONDS.toNanos(PAUSE_AFTER_RETURN_MILLIS));
    }
    later(PAUSE_AFTER_RETURN_MILLIS, this::takeWhereThereIsRoom);
  }

  private void requeueLater(WorkSource.Delivery delivery) {
    later(PAUSE_AFTER_FAILED_CLAIM_MILLIS, delivery::requeue);
  }

  private void later(long millis, Runnable action) {
    try {
      scheduler.schedule(action, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closing) {
      LOG.debug("The node is closing; the broker delivers again.");
    }
  }

  /** Takes what is granted out of {@code placed}. */
  private void obey(ClaimReply reply, Map<AttemptId, Placed> placed, long sentAtNanos) {
    for (ClaimReply.Granted granted : reply.granted()) {
      Placed entry = placed.remove(granted.attempt());
      if (entry == null) {
        continue;
      }
      leases.hold(granted.attempt(), sentAtNanos, reply.leaseMillis());
      entry.delivery().acknowledge();
      granted.need().ifPresent(need -> admission.promise(entry.placement(), need));
      try {
        attempts.execute(() -> run(granted, entry.placement()));
      } catch (RejectedExecutionException closing) {
        leases.drop(granted.attempt());
        admission.release(entry.placement());
      }
    }
    for (ClaimReply.Refused refused : reply.refused()) {
      LOG.debug("Attempt {} was not granted: {}", refused.attempt(), refused.message());
      Placed entry = placed.get(refused.attempt());
      if (entry != null) {
        entry.delivery().acknowledge();
      }
    }
  }

  private void run(ClaimReply.Granted granted, Placement placement) {
    try {
      runner.run(granted, placement);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException unexpected) {
      LOG.error("Attempt {} could not be run.", granted.attempt(), unexpected);
    } finally {
      admission.release(placement);
      takeWhereThereIsRoom();
    }
  }
}
