package dev.morphene.trials.fault;

import dev.morphene.protocol.job.IdempotencyKey;
import dev.morphene.protocol.spec.AuditSpec;
import dev.morphene.protocol.spec.JobSpec;
import dev.morphene.protocol.spec.PreprocessSpec;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.Submission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * What the client of a trial submits, and when.
 *
 * @param batches by time
 */
record TrialPlan(List<Batch> batches) {
  private static final int BATCHES = 10;
  private static final int JOBS_PER_BATCH = 20;
  private static final int LONG_JOBS = 8;
  private static final long BATCH_EVERY_MILLIS = 4_500;

  /**
   * From the first second until long after lease and grace of an early fault: without the end of
   * its lease such a trainer would meet its successor.
   */
  private static final long LONG_MILLIS = 45_000;

  /** Trainers are killed by the nemesis too, which must not spend a good job's last chance. */
  private static final int AMPLE_BUDGET = 50;

  private static final int SMALL_BUDGET = 1;
  private static final int ALWAYS = 1_000;

  /**
   * @param atMillis since the start of the trial
   * @param byMessage on {@code morphene.submit}, otherwise over HTTP
   * @param twice sent once more after it was accepted
   * @param meant the state in which each job has to end
   */
  record Batch(
      long atMillis,
      boolean byMessage,
      boolean twice,
      Submission submission,
      Map<String, String> meant) {}

  /**
   * 200 jobs of 0.3 to 3 s in ten batches over 41 s. One in ten fails once or twice, one in twenty
   * always. The first eight take 45 s, and 3 s after their first attempt, and hear no stop command.
   */
  static TrialPlan of(long seed) {
    Random random = new Random(seed);
    List<Batch> batches = new ArrayList<>();
    for (int number = 0; number < BATCHES; number++) {
      List<JobRequest> jobs = new ArrayList<>();
      Map<String, String> meant = new LinkedHashMap<>();
      for (int job = 0; job < JOBS_PER_BATCH; job++) {
        boolean isLong = number == 0 && job < LONG_JOBS;
        int dice = random.nextInt(20);
        int failures = isLong || dice > 2 ? 0 : dice == 0 ? ALWAYS : dice;
        long millis = 300 + random.nextInt(2_700);
        String name = "job-" + job;
        jobs.add(
            request(
                name,
                isLong ? 10 : 0,
                failures == ALWAYS ? SMALL_BUDGET : AMPLE_BUDGET,
                spec(new TrainerScript(isLong ? LONG_MILLIS : millis, failures, isLong), job)));
        meant.put(name, failures == ALWAYS ? "failed" : "completed");
      }
      String key = "trial-" + seed + "-batch-" + number;
      batches.add(
          new Batch(
              number * BATCH_EVERY_MILLIS,
              number % 2 == 1,
              random.nextInt(3) == 0,
              new Submission(Submission.VERSION, new IdempotencyKey(key), key, jobs),
              meant));
    }
    return new TrialPlan(batches);
  }

  /** Jobs for measuring how soon they run again: one batch, nothing fails. */
  static TrialPlan steady(int jobs, long millis) {
    List<JobRequest> requests = new ArrayList<>();
    Map<String, String> meant = new LinkedHashMap<>();
    for (int job = 0; job < jobs; job++) {
      String name = "job-" + job;
      requests.add(request(name, 0, AMPLE_BUDGET, spec(new TrainerScript(millis, 0, false), job)));
      meant.put(name, "completed");
    }
    return new TrialPlan(
        List.of(
            new Batch(
                0,
                false,
                false,
                new Submission(
                    Submission.VERSION, new IdempotencyKey("steady"), "steady", requests),
                meant)));
  }

  int jobCount() {
    return batches.stream().mapToInt(batch -> batch.meant().size()).sum();
  }

  /** The state in which each job has to end, by key and name. */
  Map<String, Map<String, String>> meant() {
    return batches.stream()
        .collect(Collectors.toMap(batch -> batch.submission().key().value(), Batch::meant));
  }

  private static JobRequest request(String name, int priority, int retryBudget, JobSpec spec) {
    return new JobRequest(
        name,
        OptionalInt.empty(),
        OptionalInt.of(priority),
        List.of(),
        OptionalInt.of(retryBudget),
        spec);
  }

  /** Two kinds, so that two queues are in play. */
  private static JobSpec spec(TrainerScript script, int number) {
    return number % 2 == 0
        ? new AuditSpec(
            "/trial/none.ckpt",
            1,
            "/trial/m.wav",
            "/trial/n.wav",
            script.path(),
            OptionalDouble.empty())
        : new PreprocessSpec(
            List.of(new PreprocessSpec.Input("musical", "/trial/raw", "/trial/processed")),
            script.path(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }
}
