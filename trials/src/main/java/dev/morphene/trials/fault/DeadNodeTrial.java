package dev.morphene.trials.fault;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.trials.history.Sighting;
import dev.morphene.trials.history.TrainerLine;
import dev.morphene.trials.history.TrainerLine.Word;
import dev.morphene.trials.process.Patience;
import dev.morphene.trials.process.ProcessorWait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Kills agents that have running jobs, and measures how soon those jobs are taken up again. */
final class DeadNodeTrial {
  private static final int COORDINATORS = 2;
  private static final int SLOTS = 2;
  private static final long ENDLESS_MILLIS = 3_600_000;
  private static final Duration START_LIMIT = Duration.ofSeconds(300);
  private static final Duration LIMIT = Duration.ofSeconds(300);

  private DeadNodeTrial() {}

  /**
   * @param pendingSeconds from a kill until the database says that the job is pending, ascending
   * @param runningSeconds from a kill until a new trainer has begun, ascending
   * @param pendingOwnSeconds as {@code pendingSeconds}, without what that thread of the cluster
   *     waited for a processor which waited longest: on a quiet machine that is close to nothing
   * @param runningOwnSeconds likewise
   */
  record Outcome(
      List<Double> pendingSeconds,
      List<Double> runningSeconds,
      List<Double> pendingOwnSeconds,
      List<Double> runningOwnSeconds) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%d jobs of killed agents: pending again after %s, running again after %s; without waits"
              + " for a processor after %s and %s",
          pendingSeconds.size(),
          distribution(pendingSeconds),
          distribution(runningSeconds),
          distribution(pendingOwnSeconds),
          distribution(runningOwnSeconds));
    }

    private static String distribution(List<Double> seconds) {
      return String.format(
          Locale.ROOT,
          "%.1f / %.1f / %.1f s (min, median, max)",
          seconds.get(0),
          seconds.get(seconds.size() / 2),
          seconds.get(seconds.size() - 1));
    }
  }

  /** A job that lost its agent. */
  private record Victim(AttemptId attempt, long killedNanos) {}

  /**
   * Kills {@code rounds} times all agents, each with two running jobs, one agent after the other so
   * that the kills fall anywhere between two heartbeats. A killed agent comes back after a second.
   *
   * @param folder gets the logs
   */
  static Outcome run(int rounds, int agents, Path folder) throws Exception {
    Random random = new Random(rounds);
    try (TrialCluster cluster = TrialCluster.start(folder, COORDINATORS, agents, SLOTS);
        DatabaseObserver observer = new DatabaseObserver(cluster.servers().database().uri());
        SubmittingClient client = new SubmittingClient(cluster);
        ProcessorWait machine = new ProcessorWait(DeadNodeTrial::isNoTrainer)) {
      client.submit(TrialPlan.steady(agents * SLOTS, ENDLESS_MILLIS));
      List<Victim> victims = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        Patience.until(
            START_LIMIT,
            () -> working(cluster).size() == agents * SLOTS,
            () -> working(cluster).size() + " of " + agents * SLOTS + " trainers work.");
        List<Victim> fresh = new ArrayList<>();
        for (Member agent : cluster.agents()) {
          Patience.pause(random.nextInt(1_500));
          fresh.addAll(kill(cluster, agent));
          Patience.pause(1_000);
          agent.start();
        }
        Patience.until(
            LIMIT,
            () -> fresh.stream().allMatch(victim -> begunAgain(cluster, victim).isPresent()),
            () -> "Not every job of a killed agent runs again: " + fresh);
        victims.addAll(fresh);
      }
      return outcome(cluster, observer.sightings(), victims, machine);
    }
  }

  private static List<Victim> kill(TrialCluster cluster, Member agent) {
    List<AttemptId> running =
        working(cluster).values().stream()
            .filter(line -> line.agent().equals(agent.name()))
            .map(TrainerLine::attempt)
            .toList();
    long now = System.nanoTime();
    agent.kill9();
    return running.stream().map(attempt -> new Victim(attempt, now)).toList();
  }

  /** The newest line of each job whose newest attempt was alive two seconds ago. */
  private static Map<Long, TrainerLine> working(TrialCluster cluster) {
    Map<Long, TrainerLine> newest = new TreeMap<>();
    for (TrainerLine line : lines(cluster)) {
      newest.merge(
          line.attempt().job().value(),
          line,
          (old, fresh) -> fresh.nanos() > old.nanos() ? fresh : old);
    }
    long recently = System.nanoTime() - Duration.ofSeconds(2).toNanos();
    newest.values().removeIf(line -> line.nanos() - recently < 0 || line.word() == Word.STOP);
    return newest;
  }

  private static Optional<Long> begunAgain(TrialCluster cluster, Victim victim) {
    return lines(cluster).stream()
        .filter(line -> line.word() == Word.BEGIN && isLater(line.attempt(), victim.attempt()))
        .map(TrainerLine::nanos)
        .min(Long::compare);
  }

  private static List<TrainerLine> lines(TrialCluster cluster) {
    try {
      return cluster.history().read();
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private static boolean isLater(AttemptId attempt, AttemptId than) {
    return attempt.job().equals(than.job()) && attempt.attempt().value() > than.attempt().value();
  }

  private static Outcome outcome(
      TrialCluster cluster, List<Sighting> sightings, List<Victim> victims, ProcessorWait machine) {
    List<Double> pending = new ArrayList<>();
    List<Double> running = new ArrayList<>();
    List<Double> pendingOwn = new ArrayList<>();
    List<Double> runningOwn = new ArrayList<>();
    for (Victim victim : victims) {
      long seen =
          sightings.stream()
              .filter(sighting -> isLater(sighting.latest(), victim.attempt()))
              .mapToLong(Sighting::nanos)
              .min()
              .orElseThrow();
      long began = begunAgain(cluster, victim).orElseThrow();
      add(pending, pendingOwn, victim.killedNanos(), seen, machine);
      add(running, runningOwn, victim.killedNanos(), began, machine);
    }
    return new Outcome(
        ascending(pending), ascending(running), ascending(pendingOwn), ascending(runningOwn));
  }

  private static void add(
      List<Double> all, List<Double> own, long fromNanos, long toNanos, ProcessorWait machine) {
    long nanos = toNanos - fromNanos;
    all.add(nanos / 1e9);
    own.add((nanos - machine.between(fromNanos, toNanos)) / 1e9);
  }

  private static List<Double> ascending(List<Double> seconds) {
    return seconds.stream().sorted().toList();
  }

  /** Their waits delay nobody; there are many of them. */
  private static boolean isNoTrainer(ProcessHandle process) {
    return process
        .info()
        .commandLine()
        .filter(line -> line.contains(ScriptedTrainer.class.getName()))
        .isEmpty();
  }
}
