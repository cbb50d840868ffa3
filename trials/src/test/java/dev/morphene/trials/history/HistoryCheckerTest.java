package dev.morphene.trials.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.JobId;
import dev.morphene.trials.history.PlannedFault.Stage;
import dev.morphene.trials.history.TrainerLine.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A good history of two jobs, then one forgery a test: each must be caught by the invariant that is
 * there for it. Job 1 is lost once and completed by its second attempt; job 2 fails as meant.
 */
class HistoryCheckerTest {
  private static final String KEY = "k";

  private final List<Accepted> accepted = new ArrayList<>(List.of(accepted(1, 2), accepted(1, 2)));
  private final Map<String, Map<String, String>> meant =
      Map.of(KEY, Map.of("a", "completed", "b", "failed"));
  private final List<TrainerLine> trainers =
      new ArrayList<>(
          List.of(
              line(10, 1, 1, 100, Word.BEGIN),
              line(12, 1, 1, 100, Word.TICK),
              line(11, 2, 1, 101, Word.BEGIN),
              line(13, 2, 1, 101, Word.FAIL),
              line(40, 1, 2, 102, Word.BEGIN),
              line(42, 1, 2, 102, Word.END)));
  private final List<Sighting> sightings =
      new ArrayList<>(
          List.of(
              new Sighting(1, id(1, 1), "pending"),
              new Sighting(10, id(1, 1), "running"),
              new Sighting(35, id(1, 2), "pending"),
              new Sighting(43, id(1, 2), "completed"),
              new Sighting(14, id(2, 1), "failed")));
  private final List<JobRow> jobs =
      new ArrayList<>(
          List.of(
              new JobRow(id(1, 2), KEY, "a", "completed"),
              new JobRow(id(2, 1), KEY, "b", "failed")));
  private final List<AttemptRow> attempts =
      new ArrayList<>(
          List.of(
              new AttemptRow(id(1, 1), "w1", 9, "lost"),
              new AttemptRow(id(1, 2), "w2", 39, "completed"),
              new AttemptRow(id(2, 1), "w1", 10, "failed")));
  private final List<EventRow> events =
      new ArrayList<>(
          List.of(
              new EventRow(1, id(1, 1), "started", true),
              new EventRow(2, id(2, 1), "failed", true),
              new EventRow(3, id(1, 2), "completed", true),
              new EventRow(4, id(1, 1), "completed", false)));

  private final List<PlannedFault> faults =
      new ArrayList<>(
          List.of(
              new PlannedFault("KILL_AGENT 1", Stage.DONE, ""),
              new PlannedFault("STEAL_MESSAGES 1", Stage.DONE, "")));

  @Test
  void aGoodHistoryPasses() {
    assertThat(violations()).isEmpty();
  }

  @Test
  void anAcceptedJobThatIsNotThere() {
    jobs.remove(1);
    assertCaughtBy(NoAcceptedJobLost.class, "Job 2 (k/b) is lost");
  }

  @Test
  void anAcceptedJobThatBelongsToSomebodyElse() {
    jobs.set(0, new JobRow(id(1, 2), "other", "a", "completed"));
    assertCaughtBy(NoAcceptedJobLost.class, "Job 1 (k/a) is lost");
  }

  @Test
  void oneKeyWithTwoAnswers() {
    accepted.add(accepted(2, 1));
    assertCaughtBy(NoAcceptedJobLost.class, "two sets of jobs");
  }

  @Test
  void aJobThatIsCompletedWithoutHavingBeenDone() {
    trainers.remove(trainers.size() - 1);
    assertCaughtBy(NoAcceptedJobLost.class, "was not done");
  }

  @Test
  void anAttemptThatOutlivesItsLease() {
    trainers.add(line(40, 1, 1, 100, Word.TICK));
    assertCaughtBy(NoTwoLiveAttempts.class, "Job 1 had two trainers");
  }

  @Test
  void oneAttemptInTwoProcesses() {
    trainers.add(line(41, 1, 2, 103, Word.BEGIN));
    assertCaughtBy(NoTwoLiveAttempts.class, "Job 1 had two trainers");
    assertCaughtBy(AttemptsOnlyGrow.class, "began attempt 2 and then 2");
  }

  @Test
  void aSecondResult() {
    events.add(new EventRow(5, id(1, 2), "completed", true));
    assertCaughtBy(NoneCompletedTwice.class, "more than one result");
  }

  @Test
  void twoCompletedAttempts() {
    attempts.set(0, new AttemptRow(id(1, 1), "w1", 9, "completed"));
    assertCaughtBy(NoneCompletedTwice.class, "more than one completed attempt");
  }

  @Test
  void anEndThatWasNone() {
    sightings.add(new Sighting(50, id(2, 1), "pending"));
    assertCaughtBy(NoneCompletedTwice.class, "left the end state failed");
  }

  @Test
  void anAttemptThatFallsForAnObserver() {
    sightings.add(3, new Sighting(36, id(1, 1), "running"));
    assertCaughtBy(AttemptsOnlyGrow.class, "was seen with attempt 2 and then 1");
  }

  @Test
  void anOldAttemptThatBeginsAfterANewOne() {
    trainers.add(line(50, 1, 1, 104, Word.BEGIN));
    assertCaughtBy(AttemptsOnlyGrow.class, "began attempt 2 and then 1");
  }

  @Test
  void aGrantOutOfOrder() {
    attempts.set(0, new AttemptRow(id(1, 1), "w1", 60, "lost"));
    assertCaughtBy(AttemptsOnlyGrow.class, "was granted attempt 2 and then 1");
  }

  @Test
  void aZombieThatIsHeeded() {
    events.set(3, new EventRow(4, id(1, 1), "progressed", true));
    assertCaughtBy(AttemptsOnlyGrow.class, "heeded attempt 2 and then 1");
  }

  @Test
  void anAttemptThatItsJobDoesNotKnow() {
    attempts.add(new AttemptRow(id(2, 2), "w1", 70, "lost"));
    assertCaughtBy(AttemptsOnlyGrow.class, "beyond what its job knows");
  }

  @Test
  void aJobThatNeverEnds() {
    jobs.set(1, new JobRow(id(2, 1), KEY, "b", "retrying"));
    assertCaughtBy(EveryJobEnds.class, "Job 2 is retrying in the end");
  }

  @Test
  void aJobThatEndsOtherwiseThanItShould() {
    jobs.set(1, new JobRow(id(2, 1), KEY, "b", "completed"));
    assertCaughtBy(EveryJobEnds.class, "Job 2 is completed in the end, not failed");
  }

  @Test
  void anAttemptThatNobodyEnded() {
    attempts.set(0, new AttemptRow(id(1, 1), "w1", 9, "running"));
    assertCaughtBy(EveryJobEnds.class, "Attempt 1/1 has no outcome");
  }

  @Test
  void aFaultThatNeverBegan() {
    faults.set(0, new PlannedFault("KILL_AGENT 1", Stage.WAITING, ""));
    assertCaughtBy(EveryFaultTookPlace.class, "never began");
  }

  @Test
  void aFaultThatWasNeverMended() {
    faults.set(0, new PlannedFault("KILL_AGENT 1", Stage.BEGUN, ""));
    assertCaughtBy(EveryFaultTookPlace.class, "never mended");
  }

  @Test
  void aThiefThatGaveUp() {
    faults.set(1, new PlannedFault("STEAL_MESSAGES 1", Stage.FAILED, "The thief gave up."));
    assertCaughtBy(EveryFaultTookPlace.class, "went wrong itself: The thief gave up.");
  }

  @Test
  void aTrialWithoutFaults() {
    faults.clear();
    assertCaughtBy(EveryFaultTookPlace.class, "Nothing was planned");
  }

  @Test
  void aLineThatWasCutOffIsNoLine() {
    TrainerLine line = line(5, 1, 1, 9, Word.TICK);
    assertThat(TrainerLine.parse(line.text())).contains(line);
    assertThat(TrainerLine.parse(line.text().substring(0, 6))).isEmpty();
  }

  private void assertCaughtBy(Class<? extends Invariant> invariant, String sentence) {
    assertThat(violations())
        .anySatisfy(
            violation -> {
              assertThat(violation.invariant()).isEqualTo(invariant.getSimpleName());
              assertThat(violation.sentence()).contains(sentence);
              assertThat(violation.lines()).isNotEmpty();
            });
  }

  private List<Violation> violations() {
    return HistoryChecker.check(
        new History(accepted, meant, trainers, sightings, jobs, attempts, events, faults));
  }

  private static Accepted accepted(long first, long second) {
    return new Accepted(KEY, Map.of("a", new JobId(first), "b", new JobId(second)));
  }

  private static AttemptId id(long job, int attempt) {
    return new AttemptId(new JobId(job), new AttemptNumber(attempt));
  }

  private static TrainerLine line(long nanos, long job, int attempt, long process, Word word) {
    return new TrainerLine(nanos, id(job, attempt), process, "w", word);
  }
}
