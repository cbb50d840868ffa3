package dev.morphene.coordinator.job;

import dev.morphene.coordinator.database.Transaction;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.protocol.spec.AuditSpec;
import java.time.Duration;

/**
 * The steps of a job's life. Each takes a job locked by the transaction and does all that the step
 * means: the attempt's end, the job's new state, its dependents and its follow-ups.
 */
public final class JobLife {
  private final RetryPolicy retryPolicy;
  private final FollowUps followUps;

  public JobLife(RetryPolicy retryPolicy, FollowUps followUps) {
    this.retryPolicy = retryPolicy;
    this.followUps = followUps;
  }

  public void complete(Transaction transaction, Job job, AttemptReport.Completed report) {
    endAttempt(transaction, job, "completed", null, null, report.peakMemory());
    step(transaction, job, JobState.COMPLETED);
    transaction.update(
        "update job set result = $2::text::jsonb, ended_at = now(), error_class = null,"
            + " error_message = null, error_evidence = null, suggested_fix = null where job_id ="
            + " $1",
        job.id().value(),
        Jobs.json(report.result()));
    if (job.spec() instanceof AuditSpec audit) {
      transaction.update(
          "insert into audit (job_id, train_job_id, step, checkpoint, result) values ($1, $2, $3,"
              + " $4, $5::text::jsonb) on conflict (job_id) do update set result = excluded.result,"
              + " at = now()",
          job.id().value(),
          job.source().map(source -> source.value()).orElse(null),
          audit.step(),
          audit.checkpoint(),
          Jobs.json(report.result()));
    }
    Needs.settleDependents(transaction, job.id());
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
    RetryPolicy.Decision decision =
        retryPolicy.decide(
            report.errorClass(), job.failures(), job.retryBudget(), job.attempt().value());
    if (decision instanceof RetryPolicy.Retry retry) {
      step(transaction, job, JobState.RETRYING);
      transaction.update(
          "update job set failures = failures + $2, not_before = now() + $3 * interval '1"
              + " millisecond' where job_id = $1",
          job.id().value(),
          retry.spendsBudget() ? 1 : 0,
          retry.after().toMillis());
      explain(transaction, job, report);
    } else {
      step(transaction, job, JobState.FAILED);
      explain(transaction, job, report);
      transaction.update("update job set ended_at = now() where job_id = $1", job.id().value());
      Needs.settleDependents(transaction, job.id());
    }
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
    endAttempt(
        transaction,
        job,
        "lost",
        ErrorClass.HOST_LOST,
        "The node did not renew its lease for " + leaseAndGrace.toSeconds() + " s.",
        new ByteSize(0));
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
    Needs.settleDependents(transaction, job.id());
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
    Jobs.enqueue(transaction, job.id(), new dev.morphene.protocol.job.AttemptNumber(next));
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
