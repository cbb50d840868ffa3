package dev.morphene.agent.report;

import dev.morphene.agent.coordinator.CoordinatorPort;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.message.AttemptEvent;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.message.EventBatch;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the coordinator what happened, in order, all that waits in one message, until the broker
 * has confirmed it. Progress that has been overtaken by newer progress while it waited is dropped;
 * nothing else ever is.
 */
public final class EventReporter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventReporter.class);
  private static final Duration CONFIRM_TIMEOUT = Duration.ofSeconds(15);
  private static final long RETRY_MILLIS = 500;
  private static final int MOST_TOGETHER = 256;

  private record Waiting(AttemptEvent event, CompletableFuture<Void> confirmed) {}

  private final CoordinatorPort coordinator;
  private final WorkerId worker;
  private final InstantSource clock;
  private final Thread sender;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final Map<AttemptId, Long> lastSequence = new HashMap<>();
  private boolean closed;

  public EventReporter(CoordinatorPort coordinator, WorkerId worker, InstantSource clock) {
    this.coordinator = coordinator;
    this.worker = worker;
    this.clock = clock;
    this.sender = new Thread(this::sendUntilClosed, "agent-event-reporter");
    sender.setDaemon(true);
    sender.start();
  }

  /** Queues a report; the future completes when it is safe with the broker. */
  public synchronized CompletableFuture<Void> report(AttemptId attempt, AttemptReport report) {
    if (closed) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("The agent is closed; \"" + report + "\" is not sent."));
    }
    if (report instanceof AttemptReport.Progressed) {
      waiting.removeIf(
          other ->
              other.event().attempt().equals(attempt)
                  && other.event().report() instanceof AttemptReport.Progressed
                  && other.confirmed().complete(null));
    }
    long sequence = lastSequence.merge(attempt, 1L, Long::sum);
    Waiting entry =
        new Waiting(
            new AttemptEvent(
                AttemptEvent.VERSION, attempt, worker, sequence, clock.instant(), report),
            new CompletableFuture<>());
    if (report.endsAttempt()) {
      lastSequence.remove(attempt);
    }
    waiting.add(entry);
    notifyAll();
    return entry.confirmed();
  }

  private void sendUntilClosed() {
    try {
      for (List<Waiting> next = take(); !next.isEmpty(); next = take()) {
        sendUntilConfirmed(next);
      }
    } catch (InterruptedException stopped) {
      LOG.debug("The event reporter was stopped.");
    }
  }

  /** Everything that waits, up to a limit; nothing when closed. */
  private synchronized List<Waiting> take() throws InterruptedException {
    while (waiting.isEmpty() && !closed) {
      wait();
    }
    List<Waiting> taken = new ArrayList<>();
    while (taken.size() < MOST_TOGETHER && !waiting.isEmpty()) {
      taken.add(waiting.poll());
    }
    return taken;
  }

  private void sendUntilConfirmed(List<Waiting> entries) throws InterruptedException {
    EventBatch batch =
        new EventBatch(EventBatch.VERSION, entries.stream().map(Waiting::event).toList());
    while (true) {
      try {
        coordinator.report(batch).get(CONFIRM_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        entries.forEach(entry -> entry.confirmed().complete(null));
        return;
      } catch (ExecutionException | TimeoutException | RuntimeException cause) {
        LOG.warn(
            "{} events, the first of attempt {}, are not confirmed yet; trying again.",
            entries.size(),
            entries.get(0).event().attempt(),
            cause);
        synchronized (this) {
          if (closed) {
            entries.forEach(entry -> entry.confirmed().completeExceptionally(cause));
            return;
          }
          wait(RETRY_MILLIS);
        }
      }
    }
  }

  /** Sends what is queued, each event once more at most, then ends. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      sender.join(CONFIRM_TIMEOUT.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    sender.interrupt();
  }
}
