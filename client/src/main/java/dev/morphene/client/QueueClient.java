package dev.morphene.client;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.submission.Submission;
import dev.morphene.protocol.submission.SubmissionReply;
import dev.morphene.protocol.view.JobHistory;
import dev.morphene.protocol.view.JobView;
import dev.morphene.protocol.view.LogLine;
import dev.morphene.protocol.view.MemoryView;
import dev.morphene.protocol.view.PlanView;
import dev.morphene.protocol.view.QueueView;
import dev.morphene.protocol.view.WaitView;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Jobs: submit, look, steer. */
public final class QueueClient {
  private static final String JOBS = "/api/v1/jobs";
  private static final String SUBMISSIONS = "/api/v1/submissions";
  private static final String QUEUE = "/api/v1/queue";
  private static final TypeReference<JobView> JOB = new TypeReference<>() {};
  private static final TypeReference<QueueView> STANDING = new TypeReference<>() {};

  private final Exchange exchange;

  QueueClient(Exchange exchange) {
    this.exchange = exchange;
  }

  public SubmissionReply.Accepted submit(Submission submission) {
    return exchange.post(SUBMISSIONS, submission, new TypeReference<>() {});
  }

  /** Sends a submission as its author typed it; the coordinator checks it. */
  public SubmissionReply.Accepted submit(byte[] json) {
    return exchange.postBytes(SUBMISSIONS, json, new TypeReference<>() {});
  }

  /** What the submission would become; writes nothing. */
  public PlanView plan(Submission submission) {
    return exchange.post(SUBMISSIONS + "?dryRun=true", submission, new TypeReference<>() {});
  }

  /** Counts, GPUs, and when all of it will be done. */
  public QueueView standing() {
    return exchange.get(QUEUE, STANDING);
  }

  /** Nothing new is started in the whole queue from now on; what runs goes on. */
  public QueueView pause() {
    return exchange.post(QUEUE + "/pause", STANDING);
  }

  public QueueView resume() {
    return exchange.post(QUEUE + "/resume", STANDING);
  }

  /**
   * Lowest id first, 1,000 at most.
   *
   * @param state as operators see it: pending, running, retrying, completed, failed, cancelled
   */
  public List<JobView> jobs(Optional<String> state) {
    return exchange.list(
        JOBS + "?limit=1000" + state.map(text -> "&state=" + Exchange.escaped(text)).orElse(""),
        "jobs",
        new TypeReference<>() {});
  }

  public JobView job(JobId job) {
    return exchange.get(of(job), JOB);
  }

  public JobHistory history(JobId job) {
    return exchange.get(of(job), new TypeReference<>() {});
  }

  public WaitView why(JobId job) {
    return exchange.get(of(job) + "/why", new TypeReference<>() {});
  }

  /** Peak, average and course of the memory that the job used. */
  public MemoryView memoryStats(JobId job) {
    return exchange.get(of(job) + "/memory", new TypeReference<>() {});
  }

  /**
   * What the job's attempts said, oldest first, 1,000 lines at most.
   *
   * @param after the id of the last line that is known already; 0 for none
   */
  public List<LogLine> log(JobId job, long after) {
    return exchange.list(
        of(job) + "/log?limit=1000&after=" + after, "lines", new TypeReference<>() {});
  }

  public JobView cancel(JobId job) {
    return exchange.post(of(job) + "/cancel", JOB);
  }

  public JobView retry(JobId job) {
    return exchange.post(of(job) + "/retry", JOB);
  }

  /** It is not started before it is resumed; what runs is refused. */
  public JobView pause(JobId job) {
    return exchange.post(of(job) + "/pause", JOB);
  }

  public JobView resume(JobId job) {
    return exchange.post(of(job) + "/resume", JOB);
  }

  /** Higher goes first; acts while the job waits. */
  public JobView prioritise(JobId job, int priority) {
    return exchange.post(of(job) + "/priority", Map.of("priority", priority), JOB);
  }

  private static String of(JobId job) {
    return JOBS + "/" + job;
  }
}
