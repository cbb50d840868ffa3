package dev.morphene.agent;

import dev.morphene.agent.attempt.AttemptRunner;
import dev.morphene.agent.attempt.RunningAttempt;
import dev.morphene.agent.child.ChildStart;
import dev.morphene.agent.coordinator.CoordinatorPort;
import dev.morphene.agent.lease.HeartbeatLoop;
import dev.morphene.agent.lease.LeaseBook;
import dev.morphene.agent.lease.NodeStanding;
import dev.morphene.agent.placement.Admission;
import dev.morphene.agent.report.EventReporter;
import dev.morphene.agent.report.LogRelay;
import dev.morphene.agent.telemetry.MemorySampler;
import dev.morphene.agent.telemetry.ResidentMemory;
import dev.morphene.agent.work.CommandTaker;
import dev.morphene.agent.work.WorkSource;
import dev.morphene.agent.work.WorkTaker;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.message.HeartbeatReply;
import dev.morphene.protocol.message.NodeCommand;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: takes the work it has room for, runs each job as a child process, reports, renews, and
 * gives everything back when it is closed. Owns its threads.
 */
public final class NodeAgent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeAgent.class);
  private static final long LAPSE_CHECK_MILLIS = 500;
  private static final long JOIN_PERIOD_MILLIS = 1_000;
  private static final long ROOM_CHECK_MILLIS = 1_000;

  private final NodeAgentConfig config;
  private final AttemptRunner runner;
  private final EventReporter reporter;
  private final LogRelay logs;
  private final HeartbeatLoop heartbeats;
  private final Membership membership;
  private final WorkTaker taker;
  private final MemorySampler sampler;
  private final ScheduledExecutorService scheduler;
  private final ExecutorService attempts;
  private final CompletableFuture<NodeEnd> ended = new CompletableFuture<>();
  private CommandTaker commands;
  private ErrorClass reason = ErrorClass.DRAINED;
  private boolean closed;

  private NodeAgent(
      NodeAgentConfig config,
      Admission admission,
      CoordinatorPort coordinator,
      ChildStart children,
      ResidentMemory memory,
      InstantSource clock,
      LongSupplier nanoTicker) {
    this.config = config;
    String name = "agent-" + config.worker();
    AtomicInteger threads = new AtomicInteger();
    this.attempts =
        Executors.newCachedThreadPool(
            task -> daemon(task, name + "-attempt-" + threads.incrementAndGet()));
    this.scheduler = Executors.newScheduledThreadPool(1, task -> daemon(task, name + "-scheduler"));
    LeaseBook leases = new LeaseBook(nanoTicker, config.leaseMargin());
    this.reporter = new EventReporter(coordinator, config.worker(), clock);
    this.logs = new LogRelay(config.worker().value(), reporter::report);
    this.runner = new AttemptRunner(children, reporter, leases, admission::ended, logs);
    this.taker =
        new WorkTaker(
            config, admission, coordinator, runner, leases, nanoTicker, attempts, scheduler);
    this.membership = new Membership(config, coordinator);
    this.heartbeats =
        new HeartbeatLoop(
            config, coordinator, admission, leases, runner, nanoTicker, attempts, standing());
    this.sampler =
        new MemorySampler(coordinator, config.worker(), config.session(), memory, admission, clock);
  }

  private NodeStanding standing() {
    return new NodeStanding() {
      @Override
      public void superseded() {
        ended.complete(new NodeEnd.Superseded());
      }

      @Override
      public void forgotten() {
        membership.forgotten();
      }

      @Override
      public void quarantined(boolean quarantined) {
        taker.setQuarantined(quarantined);
      }

      @Override
      public void drainRequested() {
        drain("an operator asked for it", ErrorClass.DRAINED);
      }
    };
  }

  /**
   * Starts a node: it joins, and takes work once it was let in.
   *
   * @param nanoTicker monotonic, {@code System::nanoTime} in production
   */
  public static NodeAgent start(
      NodeAgentConfig config,
      Admission admission,
      CoordinatorPort coordinator,
      WorkSource work,
      ChildStart children,
      ResidentMemory memory,
      InstantSource clock,
      LongSupplier nanoTicker) {
    NodeAgent agent =
        new NodeAgent(config, admission, coordinator, children, memory, clock, nanoTicker);
    agent.begin(work);
    return agent;
  }

  private void begin(WorkSource work) {
    commands = new CommandTaker(work, config.worker(), attempts, this::obey);
    membership.refused().thenAccept(why -> ended.complete(new NodeEnd.Refused(why)));
    membership.joined().thenRunAsync(() -> startTaking(work), attempts);
    every(JOIN_PERIOD_MILLIS, "joining", membership::joinIfNeeded);
    every(config.heartbeatPeriod().toMillis(), "heartbeat", this::beat);
    every(LAPSE_CHECK_MILLIS, "lease check", heartbeats::killLapsing);
    every(
        config.telemetryPeriod().toMillis(),
        "memory sampling",
        () -> sampler.sample(runner.running()));
    // What a GPU has free changes without our doing.
    every(ROOM_CHECK_MILLIS, "room check", taker::takeWhereThereIsRoom);
  }

  private void beat() {
    if (membership.isMember()) {
      heartbeats.beat();
    }
  }

  private void startTaking(WorkSource work) {
    // The first heartbeat shows the devices, without which nothing is granted.
    heartbeats.beat();
    taker.start(work);
  }

  private void obey(NodeCommand command) {
    if (command instanceof NodeCommand.Drain drain) {
      if (drain.session().equals(config.session())) {
        drain("an operator asked for it", ErrorClass.DRAINED);
      }
    } else if (command instanceof NodeCommand.Direct direct) {
      heartbeats.obey(new HeartbeatReply.Directive(direct.attempt(), direct.action()));
    }
  }

  /**
   * Takes nothing more from now on; {@link #ended} tells whoever started the node to close it.
   *
   * @param why for people
   * @param jobsReason with which the jobs are given back: drained or preempted
   */
  public void drain(String why, ErrorClass jobsReason) {
    synchronized (this) {
      reason = jobsReason;
    }
    heartbeats.startDraining();
    taker.stopTaking();
    if (ended.complete(new NodeEnd.Drained(why))) {
      LOG.info("Node {} drains: {}.", config.worker(), why);
    }
  }

  /** Done when the node is to be closed for a reason of its own. */
  public CompletableFuture<NodeEnd> ended() {
    return ended.copy();
  }

  /** Attempts whose child is up. */
  public List<RunningAttempt> running() {
    return runner.running();
  }

  private void every(long periodMillis, String what, Runnable task) {
    scheduler.scheduleWithFixedDelay(
        () -> {
          try {
            task.run();
          } catch (RuntimeException cause) {
            LOG.error("Node {}: {} failed; it goes on.", config.worker(), what, cause);
          }
        },
        0,
        periodMillis,
        TimeUnit.MILLISECONDS);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Takes nothing more, lets every child write its checkpoint and stop, gives the jobs back, and
   * stops the heartbeats last. A second call does nothing.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    heartbeats.startDraining();
    taker.stopTaking();
    ErrorClass jobsReason;
    synchronized (this) {
      jobsReason = reason;
    }
    List<Future<?>> stops = new ArrayList<>();
    for (RunningAttempt attempt : runner.running()) {
      stops.add(
          attempts.submit(
              () -> {
                attempt.stop(jobsReason, config.stopPatience());
                return null;
              }));
    }
    taker.close();
    commands.close();
    attempts.shutdown();
    try {
      // A child that outlasts the patience is killed by its stop; this only waits for the threads
      // to notice.
      if (!attempts.awaitTermination(
          config.stopPatience().toMillis() + 5_000, TimeUnit.MILLISECONDS)) {
        LOG.warn("Node {}: not every attempt ended in time.", config.worker());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    runner.running().forEach(attempt -> attempt.child().kill());
    attempts.shutdownNow();
    logs.close();
    reporter.close();
    scheduler.shutdownNow();
    LOG.info(
        "Node {} is closed; {} running jobs were given back, {} memory samples were lost.",
        config.worker(),
        stops.size(),
        sampler.lostSamples());
  }
}
