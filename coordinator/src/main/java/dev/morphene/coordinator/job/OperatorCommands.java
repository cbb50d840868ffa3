package dev.morphene.coordinator.job;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.OperatorRefusal.Reason;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import java.util.List;

/** What an operator can ask of a job. */
public final class OperatorCommands {
  private final Database database;
  private final JobLife life;

  public OperatorCommands(Database database, JobLife life) {
    this.database = database;
    this.life = life;
  }

  /**
   * Cancels a job at once when nobody runs it; otherwise writes the intent down, and the node is
   * told with every heartbeat until it has stopped. Asking twice is asking once.
   *
   * @throws OperatorRefusal when there is no such job, or it has ended otherwise
   */
  public void cancel(JobId id) {
    database.transact(
        transaction -> {
          Job job = lock(transaction, id);
          switch (job.state()) {
            case CANCELLED -> {}
            case COMPLETED, FAILED ->
                throw new OperatorRefusal(
                    Reason.WRONG_STATE,
                    "Job " + id + " is " + job.state().word() + "; there is nothing to cancel.");
            case RUNNING ->
                transaction.update(
                    "update job set cancel_requested_at = coalesce(cancel_requested_at, now())"
                        + " where job_id = $1",
                    id.value());
            default -> life.cancelNow(transaction, job);
          }
          return null;
        });
  }

  /**
   * Starts a failed or cancelled job afresh, with its whole budget, from its newest checkpoint;
   * jobs that had ended only because of it wait for it again.
   *
   * @throws OperatorRefusal when there is no such job, it has not ended so, or a need of it has
   */
  public void retry(JobId id) {
    database.transact(
        transaction -> {
          Job job = lock(transaction, id);
          if (job.state() != JobState.FAILED && job.state() != JobState.CANCELLED) {
            throw new OperatorRefusal(
                Reason.WRONG_STATE,
                "Job "
                    + id
                    + " is "
                    + job.state().shownAs()
                    + "; only a failed or cancelled job can be retried.");
          }
          List<JobId> missed = Needs.missed(transaction, id);
          if (!missed.isEmpty()) {
            throw new OperatorRefusal(
                Reason.WRONG_STATE,
                "Job "
                    + id
                    + " needs job "
                    + missed.get(0)
                    + "; retry that one, this one follows.");
          }
          JobLife.step(transaction, job, JobState.PENDING);
          transaction.update(
              "update job set attempt = attempt + 1, failures = 0, cancel_requested_at = null,"
                  + " blocked_by = null, not_before = null, ended_at = null, queued_at = null,"
                  + " error_class = null, error_message = null, error_evidence = null,"
                  + " suggested_fix = null where job_id = $1",
              id.value());
          Job pending = lock(transaction, id);
          Needs.openIfReady(transaction, pending);
          Needs.revive(transaction, id);
          return new AttemptNumber(pending.attempt().value());
        });
  }

  private static Job lock(Transaction transaction, JobId id) {
    return Jobs.lock(transaction, id)
        .orElseThrow(() -> new OperatorRefusal(Reason.UNKNOWN_JOB, "There is no job " + id + "."));
  }
}
