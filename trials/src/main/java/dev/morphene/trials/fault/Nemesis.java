package dev.morphene.trials.fault;

import dev.morphene.trials.history.PlannedFault;
import dev.morphene.trials.history.PlannedFault.Stage;
import dev.morphene.trials.process.Patience;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Does to a cluster what a schedule says, and mends it again. */
final class Nemesis implements AutoCloseable {
  /** For a fault to find its victim: while the broker is away, no trainer is there to be killed. */
  private static final Duration LIMIT = Duration.ofSeconds(360);

  private final TrialCluster cluster;
  private final FaultSchedule schedule;
  private final MessageThief thief;
  private final ScheduledExecutorService hands;
  private final CountDownLatch open;
  private final Map<Fault, PlannedFault> outcomes = new ConcurrentHashMap<>();

  Nemesis(TrialCluster cluster, FaultSchedule schedule) {
    this.cluster = cluster;
    this.schedule = schedule;
    this.thief = new MessageThief(cluster.servers().broker().uri());
    // One for each: a fault that waits for its victim must not hold up the mending of another.
    this.hands = Executors.newScheduledThreadPool(schedule.faults().size(), Nemesis::thread);
    this.open = new CountDownLatch(schedule.faults().size());
    schedule.faults().forEach(fault -> tell(fault, Stage.WAITING, ""));
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "nemesis");
    thread.setDaemon(true);
    return thread;
  }

  private void tell(Fault fault, Stage stage, String words) {
    outcomes.put(fault, new PlannedFault(fault.toString(), stage, words));
  }

  private void done(Fault fault) {
    tell(fault, Stage.DONE, "");
    open.countDown();
  }

  /** What has become of each, in the order of the schedule. */
  List<PlannedFault> faults() {
    return schedule.faults().stream().map(outcomes::get).toList();
  }

  /** Begins; returns at once. */
  void start() {
    for (Fault fault : schedule.faults()) {
      later(
          fault.atMillis(),
          fault,
          () -> {
            tell(fault, Stage.BEGUN, "");
            begin(fault);
          });
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
            tell(fault, Stage.FAILED, String.valueOf(cause.getMessage()));
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
        done(fault);
      }
      case KILL_BROKER -> {
        cluster.servers().broker().kill9();
        mendLater(fault, cluster.servers().broker()::restart);
      }
      case RESTART_DATABASE -> {
        cluster.servers().database().restart();
        done(fault);
      }
      case FREEZE_AGENT -> {
        Member agent = cluster.agents().get(fault.target());
        agent.freeze();
        Patience.until(LIMIT, agent::isFrozen, () -> agent.name() + " does not freeze.");
        mendLater(fault, () -> thaw(agent));
      }
      case STEAL_MESSAGES -> {
        thief.steal(
            Duration.ofMillis(fault.lastsMillis()), new Random(schedule.seed() + fault.atMillis()));
        done(fault);
      }
    }
  }

  private void kill(Member member, Fault fault) throws InterruptedException {
    Patience.until(LIMIT, member::kill9, () -> member.name() + " was not there to be killed.");
    mendLater(fault, member::start);
  }

  private static void thaw(Member agent) {
    if (!agent.isFrozen()) {
      throw new IllegalStateException(agent.name() + " did not stay frozen.");
    }
    agent.thaw();
  }

  private void mendLater(Fault fault, Runnable mend) {
    later(
        fault.lastsMillis(),
        fault,
        () -> {
          mend.run();
          done(fault);
        });
  }

  private void killTrainer(int target) throws InterruptedException {
    Patience.until(
        LIMIT, () -> killLivingTrainer(target), () -> "No trainer was there to be killed.");
  }

  private boolean killLivingTrainer(int target) {
    List<ProcessHandle> living =
        cluster.agents().stream()
            .flatMap(agent -> agent.children().stream())
            .sorted(Comparator.comparingLong(ProcessHandle::pid))
            .toList();
    return !living.isEmpty() && living.get(target % living.size()).destroyForcibly();
  }

  @Override
  public void close() {
    hands.shutdownNow();
  }
}
