package dev.morphene.agent;

import dev.morphene.agent.attempt.AttemptRunner;
import dev.morphene.agent.attempt.RunningAttempt;
import dev.morphene.agent.child.ChildLauncher;
import dev.morphene.agent.coordinator.CoordinatorPort;
import dev.morphene.agent.lease.HeartbeatLoop;
import dev.morphene.agent.lease.LeaseBook;
import dev.morphene.agent.placement.Admission;
import dev.morphene.agent.report.EventReporter;
import dev.morphene.agent.telemetry.MemorySampler;
import dev.morphene.agent.telemetry.ResidentMemory;
import dev.morphene.agent.work.WorkSource;
import dev.morphene.agent.work.WorkTaker;
import dev.morphene.protocol.job.ErrorClass;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
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

  private final NodeAgentConfig config;
  private final AttemptRunner runner;
  private final EventReporter reporter;
  private final WorkTaker taker;
  private final MemorySampler sampler;
  private final ScheduledExecutorService scheduler;
  private final ExecutorService attempts;
  private boolean closed;

  private NodeAgent(
      NodeAgentConfig config,
      Admission admission,
      CoordinatorPort coordinator,
      ChildLauncher launcher,
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
    this.runner = new AttemptRunner(launcher, reporter, leases);
    this.taker =
        new WorkTaker(
            config, admission, coordinator, runner, leases, nanoTicker, attempts, scheduler);
    HeartbeatLoop heartbeats =
        new HeartbeatLoop(config, coordinator, admission, leases, runner, nanoTicker, attempts);
    this.sampler = new MemorySampler(coordinator, config.worker(), memory, clock);
    every(config.heartbeatPeriod().toMillis(), "heartbeat", heartbeats::beat);
    every(LAPSE_CHECK_MILLIS, "lease check", heartbeats::killLapsing);
    every(
        config.telemetryPeriod().toMillis(),
        "memory sampling",
        () -> sampler.sample(runner.running()));
  }

  /**
   * Starts a node.
   *
   * @param nanoTicker monotonic, {@code System::nanoTime} in production
   */
  public static NodeAgent start(
      NodeAgentConfig config,
      Admission admission,
      CoordinatorPort coordinator,
      WorkSource work,
      ChildLauncher launcher,
      ResidentMemory memory,
      InstantSource clock,
      LongSupplier nanoTicker) {
    NodeAgent agent =
        new NodeAgent(config, admission, coordinator, launcher, memory, clock, nanoTicker);
    agent.taker.start(work);
    return agent;
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
    taker.stopTaking();
    List<Future<?>> stops = new ArrayList<>();
    for (RunningAttempt attempt : runner.running()) {
      stops.add(
          attempts.submit(
              () -> {
                attempt.stop(ErrorClass.DRAINED, config.stopPatience());
                return null;
              }));
    }
    taker.close();
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
    reporter.close();
    scheduler.shutdownNow();
    LOG.info(
        "Node {} is closed; {} running jobs were given back, {} memory samples were lost.",
        config.worker(),
        stops.size(),
        sampler.lostSamples());
  }
}
