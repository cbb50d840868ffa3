package dev.morphene.trials.fault;

import dev.morphene.trials.history.AttemptRow;
import dev.morphene.trials.history.EventRow;
import dev.morphene.trials.history.History;
import dev.morphene.trials.history.HistoryChecker;
import dev.morphene.trials.history.Violation;
import dev.morphene.trials.process.Patience;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One seed: 200 jobs on two coordinators and four agents while everything is killed once. */
final class FaultTrial {
  private static final int SLOTS = 5;

  /** A minute; more where a server is slow to start again. What is not done by then is told. */
  private static final Duration LIMIT_OF_FAULTS = Duration.ofMinutes(8);

  /** After the last fault is mended. */
  private static final Duration LIMIT_AFTER_FAULTS = Duration.ofSeconds(300);

  private FaultTrial() {}

  /**
   * @param violations empty when every promise was kept
   * @param summary figures for people
   */
  record Outcome(FaultSchedule schedule, List<Violation> violations, String summary, Path folder) {
    /** What a person needs to look into it. */
    String explanation() {
      return schedule
          + "\n"
          + summary
          + "\n"
          + violations.stream().map(Violation::toString).collect(Collectors.joining("\n"))
          + "\nLogs and the whole history are in "
          + folder;
    }
  }

  /**
   * Runs one seed; leaves no process behind.
   *
   * @param folder gets the logs and the history
   */
  static Outcome run(long seed, Path folder) throws Exception {
    FaultSchedule schedule = FaultSchedule.of(seed);
    System.out.println(schedule);
    TrialPlan plan = TrialPlan.of(seed);
    long begin = System.nanoTime();
    try (TrialCluster cluster =
            TrialCluster.start(folder, FaultSchedule.COORDINATORS, FaultSchedule.AGENTS, SLOTS);
        DatabaseObserver observer = new DatabaseObserver(cluster.servers().database().uri());
        SubmittingClient client = new SubmittingClient(cluster);
        Nemesis nemesis = new Nemesis(cluster, schedule)) {
      long started = System.nanoTime();
      nemesis.start();
      client.submit(plan);
      nemesis.await(LIMIT_OF_FAULTS);
      long mended = System.nanoTime();
      awaitEnds(observer, plan, LIMIT_AFTER_FAULTS);
      long ended = System.nanoTime();
      History history = collect(cluster, client, observer, nemesis, plan);
      history.write(folder.resolve("history.txt"));
      String summary =
          String.format(
              Locale.ROOT,
              "seed %d: up in %.0f s, faults for %.0f s, all ended %.0f s after that; %s; %d"
                  + " messages dropped, %d duplicated; %d submissions for %d batches; %d processes"
                  + " ended unasked",
              seed,
              (started - begin) / 1e9,
              (mended - started) / 1e9,
              (ended - mended) / 1e9,
              figures(history),
              nemesis.thief().dropped(),
              nemesis.thief().duplicated(),
              client.tries(),
              plan.batches().size(),
              cluster.unaskedEnds());
      System.out.println(summary);
      return new Outcome(schedule, HistoryChecker.check(history), summary, folder);
    }
  }

  /** What has not ended then is for the checker to say. */
  private static void awaitEnds(DatabaseObserver observer, TrialPlan plan, Duration limit)
      throws InterruptedException {
    try {
      Patience.until(limit, () -> observer.ended() >= plan.jobCount(), () -> "");
    } catch (IllegalStateException late) {
      System.out.println(
          observer.ended()
              + " of "
              + plan.jobCount()
              + " jobs have ended "
              + limit.toSeconds()
              + " s after the last fault.");
    }
  }

  private static History collect(
      TrialCluster cluster,
      SubmittingClient client,
      DatabaseObserver observer,
      Nemesis nemesis,
      TrialPlan plan)
      throws Exception {
    try (TrialDatabase database = TrialDatabase.connect(cluster.servers().database().uri())) {
      return new History(
          client.accepted(),
          plan.meant(),
          cluster.history().read(),
          observer.sightings(),
          database.jobs(),
          database.attempts(),
          database.events(),
          nemesis.faults());
    }
  }

  private static String figures(History history) {
    return history.jobs().size()
        + " jobs, "
        + history.attempts().size()
        + " attempts "
        + history.attempts().stream()
            .collect(
                Collectors.groupingBy(AttemptRow::outcome, TreeMap::new, Collectors.counting()))
        + ", "
        + history.events().stream().filter(EventRow::applied).count()
        + " events applied, "
        + history.events().stream().filter(event -> !event.applied()).count()
        + " refused";
  }
}
