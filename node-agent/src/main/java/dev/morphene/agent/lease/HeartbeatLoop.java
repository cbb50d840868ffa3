package dev.morphene.agent.lease;

import dev.morphene.agent.NodeAgentConfig;
import dev.morphene.agent.attempt.AttemptRunner;
import dev.morphene.agent.attempt.RunningAttempt;
import dev.morphene.agent.coordinator.CoordinatorPort;
import dev.morphene.agent.placement.Admission;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.message.HeartbeatReply;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews every lease with one message, obeys the answer, and kills what could not be renewed in
 * time.
 */
public final class HeartbeatLoop {
  private static final Logger LOG = LoggerFactory.getLogger(HeartbeatLoop.class);

  private final NodeAgentConfig config;
  private final CoordinatorPort coordinator;
  private final Admission admission;
  private final LeaseBook leases;
  private final AttemptRunner runner;
  private final LongSupplier nanoTicker;
  private final Executor stopping;
  private final NodeStanding standing;
  private volatile boolean draining;

  /**
   * @param stopping runs the waiting for children that were told to stop
   * @param standing told what the cluster thinks of this node
   */
  public HeartbeatLoop(
      NodeAgentConfig config,
      CoordinatorPort coordinator,
      Admission admission,
      LeaseBook leases,
      AttemptRunner runner,
      LongSupplier nanoTicker,
      Executor stopping,
      NodeStanding standing) {
    this.config = config;
    this.coordinator = coordinator;
    this.admission = admission;
    this.leases = leases;
    this.runner = runner;
    this.nanoTicker = nanoTicker;
    this.stopping = stopping;
    this.standing = standing;
  }

  /** Sends one heartbeat; does not wait for its answer. */
  public void beat() {
    List<AttemptId> renewing = leases.held();
    long sentAtNanos = nanoTicker.getAsLong();
    coordinator
        .heartbeat(
            new Heartbeat(
                Heartbeat.VERSION,
                config.worker(),
                config.session(),
                config.host(),
                admission.kinds(),
                admission.devices(),
                renewing,
                draining ? List.of() : admission.room(),
                draining))
        .whenComplete(
            (reply, failure) -> {
              if (failure != null) {
                LOG.warn("No answer to a heartbeat; leases run on without it.", failure);
              } else {
                obey(reply, renewing, sentAtNanos);
              }
            });
  }

  /** From now on heartbeats say that the node is about to leave. */
  public void startDraining() {
    draining = true;
  }

  private void obey(HeartbeatReply reply, List<AttemptId> renewing, long sentAtNanos) {
    if (reply.standing() == HeartbeatReply.Standing.SUPERSEDED) {
      renewing.forEach(attempt -> abandon(attempt, "a newer process of this node has joined"));
      standing.superseded();
      return;
    }
    if (reply.standing() == HeartbeatReply.Standing.UNKNOWN) {
      standing.forgotten();
    }
    Set<AttemptId> lost = new HashSet<>();
    for (HeartbeatReply.Directive directive : reply.directives()) {
      if (directive.action() == HeartbeatReply.Action.ABANDON) {
        lost.add(directive.attempt());
      }
    }
    for (AttemptId attempt : renewing) {
      if (!lost.contains(attempt)) {
        leases.renew(attempt, sentAtNanos, reply.leaseMillis());
        tellChild(attempt);
      }
    }
    reply.directives().forEach(this::obey);
    admission.keep(reply.reserved());
    standing.quarantined(reply.quarantined());
    if (reply.drain()) {
      standing.drainRequested();
    }
  }

  private void tellChild(AttemptId id) {
    runner
        .find(id)
        .ifPresent(attempt -> leases.runsUntilNanos(id).ifPresent(attempt.child()::renewLease));
  }

  /** Does to one attempt what the coordinator wants; one that does not run here is left alone. */
  public void obey(HeartbeatReply.Directive directive) {
    AttemptId id = directive.attempt();
    switch (directive.action()) {
      case ABANDON -> abandon(id, "the coordinator has taken its lease away");
      case CHECKPOINT -> runner.find(id).ifPresent(RunningAttempt::checkpointNow);
      case CANCEL ->
          runner
              .find(id)
              .filter(attempt -> !attempt.isStopping())
              .ifPresent(attempt -> stopping.execute(() -> cancel(attempt)));
    }
  }

  private void cancel(RunningAttempt attempt) {
    try {
      attempt.stop(ErrorClass.CANCELLED, config.stopPatience());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      attempt.child().kill();
    }
  }

  /** Kills the children of leases that are about to end without having been renewed. */
  public void killLapsing() {
    for (AttemptId attempt : leases.lapsing()) {
      abandon(attempt, "its lease could not be renewed in time");
    }
  }

  private void abandon(AttemptId id, String why) {
    leases.drop(id);
    runner
        .find(id)
        .ifPresent(
            attempt -> {
              LOG.warn("Attempt {} is killed: {}.", id, why);
              attempt.abandon();
            });
  }
}
