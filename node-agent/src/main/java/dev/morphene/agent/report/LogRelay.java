package dev.morphene.agent.report;

import dev.morphene.agent.child.ChildLog;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.message.AttemptReport;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports what children write on their standard error, now and then: at most 18 reports a minute of
 * each attempt, and none before the last one is safe. Nothing that goes wrong here touches an
 * attempt.
 */
public final class LogRelay implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogRelay.class);
  private static final long PERIOD_MILLIS = 3_500;

  private static final class Watched {
    private final ChildLog log;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    private boolean ended;

    Watched(ChildLog log) {
      this.log = log;
    }
  }

  private final BiFunction<AttemptId, AttemptReport, CompletableFuture<Void>> report;
  private final ScheduledExecutorService thread;
  private final Map<AttemptId, Watched> watched = new ConcurrentHashMap<>();

  /**
   * @param report completes when the report is safe
   */
  public LogRelay(
      String node, BiFunction<AttemptId, AttemptReport, CompletableFuture<Void>> report) {
    this.report = report;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread made = new Thread(task, "agent-" + node + "-log");
              made.setDaemon(true);
              return made;
            });
    thread.scheduleWithFixedDelay(this::round, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  public void watch(AttemptId attempt, ChildLog log) {
    watched.put(attempt, new Watched(log));
  }

  /** Reports what is left; call it before the attempt's end is reported. */
  public void end(AttemptId attempt) {
    Watched ending = watched.remove(attempt);
    if (ending != null) {
      relay(attempt, ending, true);
    }
  }

  /** Reports nothing more of the attempt. */
  public void forget(AttemptId attempt) {
    watched.remove(attempt);
  }

  private void round() {
    watched.forEach((attempt, entry) -> relay(attempt, entry, false));
  }

  private void relay(AttemptId attempt, Watched entry, boolean atEnd) {
    synchronized (entry) {
      if (entry.ended || !atEnd && !entry.last.isDone()) {
        return;
      }
      entry.ended = atEnd;
      try {
        Optional<AttemptReport.Logged> logged = entry.log.next(atEnd);
        if (logged.isPresent()) {
          entry.last = report.apply(attempt, logged.get());
        }
      } catch (IOException | RuntimeException unreadable) {
        LOG.debug("Attempt {}: its log cannot be read now.", attempt, unreadable);
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
