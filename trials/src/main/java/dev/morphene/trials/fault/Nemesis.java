package dev.morphene.trials.fault;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Does to a cluster what a schedule says, and mends it again. */
final class Nemesis implements AutoCloseable {
  /** Long faults run side by side. */
  private static final int HANDS = 4;

  private final TrialCluster cluster;
  private final FaultSchedule schedule;
  private final MessageThief thief;
  private final ScheduledExecutorService hands =
      Executors.newScheduledThreadPool(HANDS, Nemesis::thread);
  private final CountDownLatch open;

  Nemesis(TrialCluster cluster, FaultSchedule schedule) {
    this.cluster = cluster;
    this.schedule = schedule;
    this.thief = new MessageThief(cluster.servers().broker().uri());
    this.open = new CountDownLatch(schedule.faults().size());
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "nemesis");
    thread.setDaemon(true);
    return thread;
  }

  /** Begins; returns at once. */
  void start() {
    for (Fault fault : schedule.faults()) {
      later(fault.atMillis(), fault, () -> begin(fault));
    }
  }

  /** Waits until every fault is mended. */
  boolean await(Duration limit) throws InterruptedException {
    return open.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  MessageThief thief() {
    return thief;
  }

  private void later(long millis, Fault fault, Step step) {
    hands.schedule(
        () -> {
          try {
            step.run();
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
          } catch (RuntimeException cause) {
            System.out.println("This fault went wrong itself: " + fault);
            cause.printStackTrace(System.out);
            open.countDown();
          }
        },
        millis,
        TimeUnit.MILLISECONDS);
  }

  @FunctionalInterface
  private interface Step {
    void run() throws InterruptedException;
  }

  private void begin(Fault fault) throws InterruptedException {
    switch (fault.kind()) {
      case KILL_AGENT -> kill(cluster.agents().get(fault.target()), fault);
      case KILL_COORDINATOR -> kill(cluster.coordinators().get(fault.target()), fault);
      case KILL_TRAINER -> {
        killTrainer(fault.target());
        open.countDown();
      }
      case KILL_BROKER -> {
        cluster.servers().broker().kill9();
        mendLater(fault, cluster.servers().broker()::restart);
      }
      case RESTART_DATABASE -> {
        cluster.servers().database().restart();
        open.countDown();
      }
      case FREEZE_AGENT -> {
        Member agent = cluster.agents().get(fault.target());
        agent.freeze();
        mendLater(fault, agent::thaw);
      }
      case STEAL_MESSAGES -> {
        thief.steal(
            Duration.ofMillis(fault.lastsMillis()), new Random(schedule.seed() + fault.atMillis()));
        open.countDown();
      }
    }
  }

  private void kill(Member member, Fault fault) {
    member.kill9();
    mendLater(fault, member::start);
  }

  private void mendLater(Fault fault, Runnable mend) {
    later(
        fault.lastsMillis(),
        fault,
        () -> {
          mend.run();
          open.countDown();
        });
  }

  private void killTrainer(int target) {
    List<ProcessHandle> living =
        cluster.agents().stream()
            .flatMap(agent -> agent.children().stream())
            .sorted(Comparator.comparingLong(ProcessHandle::pid))
            .toList();
    if (!living.isEmpty()) {
      living.get(target % living.size()).destroyForcibly();
    }
  }

  @Override
  public void close() {
    hands.shutdownNow();
  }
}
