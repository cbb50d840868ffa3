package dev.morphene.coordinator.job;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.OperatorRefusal.Reason;
import dev.morphene.coordinator.node.NodeCommands;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.message.HeartbeatReply;
import dev.morphene.protocol.message.NodeCommand;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator can ask of a job. */
public final class OperatorCommands {
  private static final Logger LOG = LoggerFactory.getLogger(OperatorCommands.class);

  private final Database database;
  private final JobLife life;
  private final NodeCommands commands;

  public OperatorCommands(Database database, JobLife life, NodeCommands commands) {
    this.database = database;
    this.life = life;
    this.commands = commands;
  }

  /**
   * Cancels a job at once when nobody runs it; otherwise writes the intent down, and the node is
   * told at once and with every heartbeat until it has stopped. Asking twice is asking once.
   *
   * @throws OperatorRefusal when there is no such job, or it has ended otherwise
   */
  public void cancel(JobId id) {
    Optional<Job> running = database.transact(transaction -> cancel(transaction, id));
    running.ifPresent(
        job ->
            database
                .transact(transaction -> holder(transaction, job))
                .ifPresent(
                    worker ->
                        commands.tell(
                            worker,
                            new NodeCommand.Direct(
                                NodeCommand.VERSION,
                                job.attemptId(),
                                HeartbeatReply.Action.CANCEL))));
  }

  /** The job when a node has to be told. */
  private Optional<Job> cancel(Transaction transaction, JobId id) {
    Job job = lock(transaction, id);
    switch (job.state()) {
      case CANCELLED -> {}
      case COMPLETED, FAILED ->
          throw new OperatorRefusal(
              Reason.WRONG_STATE,
              "Job " + id + " is " + job.state().word() + "; there is nothing to cancel.");
      case RUNNING -> {
        transaction.update(
            "update job set cancel_requested_at = coalesce(cancel_requested_at, now()) where job_id"
                + " = $1",
            id.value());
        return Optional.of(job);
      }
      default -> life.cancelNow(transaction, job);
    }
    return Optional.empty();
  }

  private static Optional<WorkerId> holder(Transaction transaction, Job job) {
    return transaction
        .row(
            "select worker from attempt where job_id = $1 and number = $2 and outcome is null",
            job.id().value(),
            job.attempt().value())
        .map(row -> new WorkerId(row.getString("worker")));
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
                  + " suggested_fix = null, paused_at = null where job_id = $1",
              id.value());
          Job pending = lock(transaction, id);
          Needs.openIfReady(transaction, pending);
          Needs.revive(transaction, id);
          return new AttemptNumber(pending.attempt().value());
        });
  }

  /**
   * The job is not started before it is resumed; what it says is kept, and no attempt is spent. A
   * message of it that is with the broker finds the job pending and is forgotten.
   *
   * @throws OperatorRefusal when there is no such job, it runs or it has ended
   */
  public void pause(JobId id) {
    database.transact(
        transaction -> {
          // Before the job, as publishers do.
          unpublish(transaction, id);
          Job job = lock(transaction, id);
          if (job.state() == JobState.RUNNING || job.state().isEnd()) {
            throw new OperatorRefusal(
                Reason.WRONG_STATE,
                "Job "
                    + id
                    + " is "
                    + job.state().word()
                    + "; only a job that waits can be paused.");
          }
          unpublish(transaction, id);
          if (job.state() == JobState.QUEUED) {
            JobLife.step(transaction, job, JobState.PENDING);
          }
          return transaction.update(
              "update job set paused_at = coalesce(paused_at, now()), queued_at = null where job_id"
                  + " = $1",
              id.value());
        });
  }

  private static void unpublish(Transaction transaction, JobId id) {
    transaction.update("delete from outbox where job_id = $1", id.value());
  }

  /**
   * The job takes its turn again, as if it had just become ready; one that is not paused is left as
   * it is.
   *
   * @throws OperatorRefusal when there is no such job, or it has ended
   */
  public void resume(JobId id) {
    database.transact(
        transaction -> {
          Job job = lock(transaction, id);
          if (job.state().isEnd()) {
            throw new OperatorRefusal(
                Reason.WRONG_STATE,
                "Job " + id + " is " + job.state().word() + "; there is nothing to resume.");
          }
          if (job.paused()) {
            transaction.update("update job set paused_at = null where job_id = $1", id.value());
            Needs.openIfReady(transaction, job);
          }
          return job;
        });
  }

  /**
   * Acts on what is not published yet: a message that is with the broker keeps its place there.
   *
   * @param priority higher goes first
   * @throws OperatorRefusal when there is no such job, or it has ended
   */
  public void prioritise(JobId id, int priority) {
    database.transact(
        transaction -> {
          // Before the job, as publishers do.
          transaction.rows("select 1 from outbox where job_id = $1 for update", id.value());
          Job job = lock(transaction, id);
          if (job.state().isEnd()) {
            throw new OperatorRefusal(
                Reason.WRONG_STATE,
                "Job " + id + " is " + job.state().word() + "; its priority changes nothing.");
          }
          transaction.update(
              "update job set priority = $2 where job_id = $1", id.value(), priority);
          return transaction.update(
              "update outbox set urgency = $2 where job_id = $1", id.value(), -priority);
        });
  }

  /**
   * Cancels each job of the batch that has not ended.
   *
   * @return whether there is such a batch
   */
  public boolean cancel(BatchId batch) {
    boolean known =
        database.transact(
            transaction ->
                transaction
                    .row("select 1 from batch where batch_id = $1", batch.value())
                    .isPresent());
    // A job that ends meanwhile is not there to be cancelled; an audit that comes meanwhile is.
    for (List<JobId> open = open(batch); !open.isEmpty(); open = open(batch)) {
      open.forEach(this::cancelUnlessEnded);
    }
    return known;
  }

  private List<JobId> open(BatchId batch) {
    return database.transact(
        transaction ->
            transaction
                .rows(
                    "select job_id from job where batch_id = $1 and cancel_requested_at is null and"
                        + " state not in ('completed', 'failed', 'cancelled') order by job_id",
                    batch.value())
                .stream()
                .map(row -> new JobId(row.getLong("job_id")))
                .toList());
  }

  private void cancelUnlessEnded(JobId id) {
    try {
      cancel(id);
    } catch (OperatorRefusal ended) {
      LOG.debug("Job {} ended by itself.", id, ended);
    }
  }

  private static Job lock(Transaction transaction, JobId id) {
    return Jobs.lock(transaction, id)
        .orElseThrow(() -> new OperatorRefusal(Reason.UNKNOWN_JOB, "There is no job " + id + "."));
  }
}
