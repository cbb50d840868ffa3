package dev.morphene.trials.bench;

import dev.morphene.broker.Broker;
import dev.morphene.protocol.job.IdempotencyKey;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.spec.AuditSpec;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.Submission;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Sends submissions by message, each confirmed by the broker. */
final class JobSubmitter {
  private static final int UNCONFIRMED_AT_MOST = 1_000;

  private final Broker broker;
  private final InstantSource clock;

  JobSubmitter(Broker broker, InstantSource clock) {
    this.broker = broker;
    this.clock = clock;
  }

  /**
   * Sends submissions evenly and returns when the last one is confirmed.
   *
   * @param run part of the keys: another for each run
   * @param jobsPerSecond 0 for as fast as the broker confirms
   * @return when each submission was due, in milliseconds since 1970, by its key: a sender that is
   *     held up counts as latency
   */
  Map<String, Long> send(String run, int jobs, int jobsPerSubmission, int jobsPerSecond)
      throws InterruptedException {
    Map<String, Long> sentMillis = new LinkedHashMap<>();
    Semaphore unconfirmed = new Semaphore(UNCONFIRMED_AT_MOST);
    List<CompletableFuture<Void>> confirms = new ArrayList<>();
    long startNanos = System.nanoTime();
    long startMillis = clock.millis();
    for (int first = 0; first < jobs; first += jobsPerSubmission) {
      String key = run + "-" + first;
      if (jobsPerSecond > 0) {
        long dueNanos = first * TimeUnit.SECONDS.toNanos(1) / jobsPerSecond;
        sentMillis.put(key, startMillis + TimeUnit.NANOSECONDS.toMillis(dueNanos));
        awaitNanos(startNanos + dueNanos);
      } else {
        sentMillis.put(key, clock.millis());
      }
      unconfirmed.acquire();
      byte[] body = ProtocolJson.write(submission(key, Math.min(jobsPerSubmission, jobs - first)));
      CompletableFuture<Void> confirm = broker.publish(QueueName.SUBMIT, body);
      confirms.add(confirm);
      confirm.whenComplete((confirmed, failure) -> unconfirmed.release());
    }
    CompletableFuture.allOf(confirms.toArray(CompletableFuture<?>[]::new)).join();
    return sentMillis;
  }

  private static void awaitNanos(long moment) {
    for (long left = moment - System.nanoTime(); left > 0; left = moment - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static Submission submission(String key, int jobs) {
    List<JobRequest> requests = new ArrayList<>();
    for (int i = 0; i < jobs; i++) {
      requests.add(
          new JobRequest(
              "audit-" + i,
              OptionalInt.empty(),
              OptionalInt.empty(),
              List.of(),
              OptionalInt.empty(),
              new AuditSpec(
                  "/models/bench/checkpoint-" + i,
                  i,
                  "/samples/musical.wav",
                  "/samples/nonmusical.wav",
                  "/audits/bench/" + i,
                  OptionalDouble.empty())));
    }
    return new Submission(Submission.VERSION, new IdempotencyKey(key), key, requests);
  }
}
