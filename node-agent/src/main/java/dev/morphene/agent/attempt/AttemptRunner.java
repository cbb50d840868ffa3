package dev.morphene.agent.attempt;

import dev.morphene.agent.child.Child;
import dev.morphene.agent.child.ChildEnd;
import dev.morphene.agent.child.ChildEndTable;
import dev.morphene.agent.child.ChildStart;
import dev.morphene.agent.lease.LeaseBook;
import dev.morphene.agent.placement.Placement;
import dev.morphene.agent.report.EventReporter;
import dev.morphene.agent.report.LineTranslation;
import dev.morphene.agent.report.LogRelay;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.message.ClaimReply;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs granted attempts to their end and reports it. The lease is kept until the end is safe with
 * the broker.
 */
public final class AttemptRunner {
  private static final Logger LOG = LoggerFactory.getLogger(AttemptRunner.class);

  private final ChildStart children;
  private final EventReporter reporter;
  private final LeaseBook leases;
  private final Map<AttemptId, RunningAttempt> running = new ConcurrentHashMap<>();
  private final BiConsumer<Placement, AttemptReport> onEnd;
  private final LogRelay logs;
  private final BegunAttempts begun = new BegunAttempts();

  /**
   * @param onEnd told what the coordinator is told at the end of an attempt
   * @param logs tells what the children write on their standard error
   */
  public AttemptRunner(
      ChildStart children,
      EventReporter reporter,
      LeaseBook leases,
      BiConsumer<Placement, AttemptReport> onEnd,
      LogRelay logs) {
    this.children = children;
    this.reporter = reporter;
    this.leases = leases;
    this.onEnd = onEnd;
    this.logs = logs;
  }

  public List<RunningAttempt> running() {
    return List.copyOf(running.values());
  }

  public Optional<RunningAttempt> find(AttemptId attempt) {
    return Optional.ofNullable(running.get(attempt));
  }

  /** Whether the attempt runs here or has run here: it must not be begun again. */
  public boolean hasBegun(AttemptId attempt) {
    return begun.contains(attempt);
  }

  /** Runs the child until it has ended; call it on a thread that may wait that long. */
  public void run(ClaimReply.Granted granted, Placement placement) throws InterruptedException {
    AttemptId id = granted.attempt();
    OptionalLong untilNanos = leases.runsUntilNanos(id);
    if (untilNanos.isEmpty()) {
      LOG.warn("Attempt {} is not started: its lease has passed already.", id);
      leases.drop(id);
      return;
    }
    begun.add(id);
    RunningAttempt attempt;
    try {
      Child child = children.start(granted, placement, untilNanos.getAsLong());
      attempt = new RunningAttempt(child, placement);
    } catch (IOException cause) {
      LOG.error("Attempt {}: its child process could not be started.", id, cause);
      end(
          id,
          placement,
          ChildEndTable.failure(
              ErrorClass.STORAGE,
              "The child process could not be started: " + cause.getMessage(),
              List.of(),
              new ByteSize(0)));
      return;
    }
    LOG.info(
        "Attempt {}: {} runs as process {}.",
        id,
        granted.spec().kind().word(),
        attempt.child().processId());
    running.put(id, attempt);
    attempt.child().log().ifPresent(log -> logs.watch(id, log));
    if (!leases.holds(id)) {
      // Taken away before there was a child to kill.
      attempt.abandon();
    }
    try {
      ChildEnd end =
          attempt
              .child()
              .follow(
                  line -> {
                    attempt.observe(line);
                    LineTranslation.translate(line)
                        .ifPresent(report -> reporter.report(id, report));
                  });
      LOG.info("Attempt {}: its process ended with code {}.", id, end.exitCode());
      attempt
          .endReport(end)
          .ifPresentOrElse(
              report -> {
                logs.end(id);
                end(id, placement, report);
              },
              () -> leases.drop(id));
    } finally {
      logs.forget(id);
      running.remove(id);
    }
  }

  private void end(AttemptId id, Placement placement, AttemptReport report) {
    onEnd.accept(placement, report);
    reporter.report(id, report).whenComplete((confirmed, failure) -> leases.drop(id));
  }
}
