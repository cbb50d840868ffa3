package dev.morphene.agent.attempt;

import dev.morphene.agent.child.ChildEnd;
import dev.morphene.agent.child.ChildEndTable;
import dev.morphene.agent.child.ChildLauncher;
import dev.morphene.agent.child.ChildProcess;
import dev.morphene.agent.child.SpecTranslation;
import dev.morphene.agent.lease.LeaseBook;
import dev.morphene.agent.placement.Placement;
import dev.morphene.agent.report.EventReporter;
import dev.morphene.agent.report.LineTranslation;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.message.ClaimReply;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs granted attempts to their end and reports it. The lease is kept until the end is safe with
 * the broker.
 */
public final class AttemptRunner {
  private static final Logger LOG = LoggerFactory.getLogger(AttemptRunner.class);

  private final ChildLauncher launcher;
  private final EventReporter reporter;
  private final LeaseBook leases;
  private final Map<AttemptId, RunningAttempt> running = new ConcurrentHashMap<>();

  public AttemptRunner(ChildLauncher launcher, EventReporter reporter, LeaseBook leases) {
    this.launcher = launcher;
    this.reporter = reporter;
    this.leases = leases;
  }

  public List<RunningAttempt> running() {
    return List.copyOf(running.values());
  }

  public Optional<RunningAttempt> find(AttemptId attempt) {
    return Optional.ofNullable(running.get(attempt));
  }

  /** Runs the child until it has ended; call it on a thread that may wait that long. */
  public void run(ClaimReply.Granted granted, Placement placement) throws InterruptedException {
    AttemptId id = granted.attempt();
    RunningAttempt attempt;
    try {
      ChildProcess child =
          launcher.launch(
              id,
              SpecTranslation.translate(
                  granted.spec(),
                  granted.provenance(),
                  placement.device(),
                  launcher.settings().threads()));
      attempt = new RunningAttempt(child, placement);
    } catch (IOException cause) {
      LOG.error("Attempt {}: its child process could not be started.", id, cause);
      end(
          id,
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
      attempt.endReport(end).ifPresentOrElse(report -> end(id, report), () -> leases.drop(id));
    } finally {
      running.remove(id);
    }
  }

  private void end(AttemptId id, AttemptReport report) {
    reporter.report(id, report).whenComplete((confirmed, failure) -> leases.drop(id));
  }
}
