package dev.morphene.coordinator.job;

import dev.morphene.coordinator.database.Columns;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.memory.Envelopes;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.spec.AuditSpec;
import dev.morphene.protocol.spec.TrainSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The steps of a job's life. Each takes a job locked by the transaction and does all that the step
 * means: the attempt's end, the job's new state, its dependents and its follow-ups.
 */
public final class JobLife {
  private final RetryPolicy retryPolicy;
  private final FollowUps followUps;
  private final Envelopes envelopes;
  private final MemoryRelief relief;

  public JobLife(RetryPolicy retryPolicy, Envelopes envelopes) {
    this.retryPolicy = retryPolicy;
    this.followUps = new FollowUps(envelopes);
    this.envelopes = envelopes;
    this.relief = new MemoryRelief(envelopes);
  }

  /**
   * Completes many jobs with a few statements; each is running and locked by the transaction.
   *
   * @param reports by job
   */
  public void complete(Transaction transaction, Map<Job, AttemptReport.Completed> reports) {
    List<Job> jobs = List.copyOf(reports.keySet());
    int ended =
        transaction.update(
            "with ending as (select * from unnest($1::bigint[], $2::integer[], $3::bigint[],"
                + " $4::text[]) as e (job_id, number, peak, result)), attempts as (update attempt"
                + " a set outcome = 'completed', ended_at = now(), peak_memory_bytes ="
                + " nullif(greatest(coalesce(a.peak_memory_bytes, 0), e.peak), 0) from ending e"
                + " where a.job_id = e.job_id and a.number = e.number and a.outcome is null"
                + " returning a.job_id, greatest(a.peak_memory_bytes, a.memory_max_bytes) as peak)"
                + " update job j set state = 'completed', result = e.result::jsonb, ended_at ="
                + " now(), error_class = null, error_message = null, error_evidence = null,"
                + " suggested_fix = null, peak_memory_bytes = greatest(j.peak_memory_bytes,"
                + " a.peak) from ending e join attempts a on a.job_id = e.job_id where j.job_id ="
                + " e.job_id and j.state = 'running' and j.attempt = e.number",
            Columns.of(jobs, job -> job.id().value(), Long[]::new),
            Columns.of(jobs, job -> job.attempt().value(), Integer[]::new),
            Columns.of(jobs, job -> reports.get(job).peakMemory().bytes(), Long[]::new),
            Columns.of(jobs, job -> Jobs.json(reports.get(job).result()), String[]::new));
    if (ended != jobs.size()) {
      throw new IllegalStateException("A completed job changed under its lock.");
    }
    storeAudits(
        transaction,
        jobs.stream().filter(job -> job.spec() instanceof AuditSpec).toList(),
        reports);
    jobs.forEach(job -> followCompletion(transaction, job, reports.get(job)));
    Needs.settleDependents(transaction, jobs.stream().map(Job::id).toList());
  }

  private static void storeAudits(
      Transaction transaction, List<Job> audits, Map<Job, AttemptReport.Completed> reports) {
    if (audits.isEmpty()) {
      return;
    }
    transaction.update(
        "insert into audit (job_id, train_job_id, step, checkpoint, result) select job_id,"
            + " train_job_id, step, checkpoint, result::jsonb from unnest($1::bigint[],"
            + " $2::bigint[], $3::bigint[], $4::text[], $5::text[]) as a (job_id, train_job_id,"
            + " step, checkpoint, result) on conflict (job_id) do update set result ="
            + " excluded.result, at = now()",
        Columns.of(audits, job -> job.id().value(), Long[]::new),
        Columns.of(
            audits, job -> job.source().map(source -> source.value()).orElse(null), Long[]::new),
        Columns.of(audits, job -> ((AuditSpec) job.spec()).step(), Long[]::new),
        Columns.of(audits, job -> ((AuditSpec) job.spec()).checkpoint(), String[]::new),
        Columns.of(audits, job -> Jobs.json(reports.get(job).result()), String[]::new));
  }

  private void followCompletion(Transaction transaction, Job job, AttemptReport.Completed report) {
    if (job.spec() instanceof TrainSpec train && train.rehearses()) {
      envelopes.learnRehearsal(transaction, job.id(), job.attempt().value(), report.result());
      Needs.promiseAnew(transaction, job.id(), envelopes);
    } else if (job.recipe().isPresent()) {
      envelopes.learn(transaction, job.id(), job.attempt().value());
    }
    followUps.queue(transaction, job, report.result());
  }

  /** Retries within the budget, otherwise ends the job; a cancelled one is not tried again. */
  public void fail(Transaction transaction, Job job, AttemptReport.Failed report) {
    if (job.cancelRequested()) {
      confirmCancel(transaction, job, report.peakMemory());
      return;
    }
    endAttempt(
        transaction, job, "failed", report.errorClass(), report.message(), report.peakMemory());
    if (report.errorClass() == ErrorClass.OUT_OF_MEMORY
        && relief.relieve(transaction, job, report.peakMemory())) {
      // What is changed for good is bounded by itself: it costs nothing of the budget.
      rest(transaction, job, retryPolicy.pause(report.errorClass(), 0), false);
      explain(transaction, job, report);
      return;
    }
    RetryPolicy.Decision decision =
        retryPolicy.decide(
            report.errorClass(), job.failures(), job.retryBudget(), job.attempt().value());
    if (decision instanceof RetryPolicy.Retry retry) {
      rest(transaction, job, retry.after(), retry.spendsBudget());
      explain(transaction, job, report);
    } else {
      step(transaction, job, JobState.FAILED);
      explain(transaction, job, report);
      transaction.update("update job set ended_at = now() where job_id = $1", job.id().value());
      Needs.settleDependents(transaction, List.of(job.id()));
    }
  }

  private static void rest(Transaction transaction, Job job, Duration pause, boolean spendsBudget) {
    step(transaction, job, JobState.RETRYING);
    transaction.update(
        "update job set failures = failures + $2, not_before = now() + $3 * interval '1"
            + " millisecond' where job_id = $1",
        job.id().value(),
        spendsBudget ? 1 : 0,
        pause.toMillis());
    OwnEvents.retrying(transaction, job, pause);
  }

  /** The node stopped the attempt unfinished: to be cancelled, or to go on elsewhere. */
  public void giveBack(Transaction transaction, Job job, AttemptReport.GivenBack report) {
    if (job.cancelRequested()) {
      confirmCancel(transaction, job, new ByteSize(0));
      return;
    }
    endAttempt(transaction, job, "given-back", report.reason(), null, new ByteSize(0));
    pendAgain(transaction, job);
  }

  /** The lease lapsed: nobody runs the attempt any more. */
  public void lose(Transaction transaction, Job job, Duration leaseAndGrace) {
    if (job.cancelRequested()) {
      confirmCancel(transaction, job, new ByteSize(0));
      return;
    }
    String message = "The node did not renew its lease for " + leaseAndGrace.toSeconds() + " s.";
    endAttempt(transaction, job, "lost", ErrorClass.HOST_LOST, message, new ByteSize(0));
    OwnEvents.lost(transaction, job, message);
    pendAgain(transaction, job);
  }

  /** The back-off of a retrying job has passed. */
  public void tryAgain(Transaction transaction, Job job) {
    pendAgain(transaction, job);
  }

  /** Ends a job that nobody runs. */
  void cancelNow(Transaction transaction, Job job) {
    step(transaction, job, JobState.CANCELLED);
    transaction.update(
        "update job set cancel_requested_at = coalesce(cancel_requested_at, now()), ended_at ="
            + " now(), error_class = 'cancelled', error_message = 'Somebody cancelled this job.',"
            + " suggested_fix = 'Retry it when it is wanted after all.' where job_id = $1",
        job.id().value());
    OwnEvents.cancelled(transaction, job);
    Needs.settleDependents(transaction, List.of(job.id()));
  }

  private void confirmCancel(Transaction transaction, Job job, ByteSize peakMemory) {
    endAttempt(transaction, job, "cancelled", ErrorClass.CANCELLED, null, peakMemory);
    cancelNow(transaction, job);
  }

  private void pendAgain(Transaction transaction, Job job) {
    step(transaction, job, JobState.PENDING);
    int next = job.attempt().value() + 1;
    transaction.update(
        "update job set attempt = $2, not_before = null, queued_at = null where job_id = $1",
        job.id().value(),
        next);
    Jobs.enqueue(transaction, List.of(job.id()));
  }

  private static void explain(Transaction transaction, Job job, AttemptReport.Failed report) {
    transaction.update(
        "update job set error_class = $2, error_message = $3, error_evidence = $4::text::jsonb,"
            + " suggested_fix = $5 where job_id = $1",
        job.id().value(),
        Needs.word(report.errorClass()),
        report.message(),
        Jobs.json(report.evidence()),
        report.suggestedFix());
  }

  private static void endAttempt(
      Transaction transaction,
      Job job,
      String outcome,
      ErrorClass errorClass,
      String message,
      ByteSize peakMemory) {
    transaction.update(
        "update attempt set outcome = $3, ended_at = now(), error_class = $4, error_message = $5,"
            + " peak_memory_bytes = nullif(greatest(coalesce(peak_memory_bytes, 0), $6), 0) where"
            + " job_id = $1 and number = $2 and outcome is null",
        job.id().value(),
        job.attempt().value(),
        outcome,
        errorClass == null ? null : Needs.word(errorClass),
        message,
        peakMemory.bytes());
    transaction.update(
        "update job set peak_memory_bytes = (select max(greatest(peak_memory_bytes,"
            + " memory_max_bytes)) from attempt where job_id = $1) where job_id = $1",
        job.id().value());
  }

  /** Guarded by state and attempt: the lock makes a miss impossible, so one is a fault of ours. */
  static void step(Transaction transaction, Job job, JobState next) {
    if (!job.state().canTransitionTo(next)) {
      throw new IllegalStateException(
          "Job " + job.id() + " cannot go from " + job.state() + " to " + next + ".");
    }
    int changed =
        transaction.update(
            "update job set state = $4 where job_id = $1 and state = $2 and attempt = $3",
            job.id().value(),
            job.state().word(),
            job.attempt().value(),
            next.word());
    if (changed != 1) {
      throw new IllegalStateException("Job " + job.id() + " changed under its lock.");
    }
  }
}
