package dev.morphene.coordinator.claim;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.Job;
import dev.morphene.coordinator.job.Jobs;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.message.ClaimReply;
import dev.morphene.protocol.message.ClaimRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Grants an attempt to one worker. The job's row lock puts rivals in a line; the first one finds
 * the job queued. The holder may ask again, because an answer can get lost.
 */
public final class Claims {
  private final Database database;
  private final Duration lease;
  private final Provenance provenance;
  private final AtomicLong granted = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  public Claims(Database database, Duration lease, Provenance provenance) {
    this.database = database;
    this.lease = lease;
    this.provenance = provenance;
  }

  public ClaimReply claim(ClaimRequest request) {
    ClaimReply reply = database.transact(transaction -> decide(transaction, request));
    (reply instanceof ClaimReply.Granted ? granted : refused).incrementAndGet();
    return reply;
  }

  public long granted() {
    return granted.get();
  }

  public long refused() {
    return refused.get();
  }

  private ClaimReply decide(Transaction transaction, ClaimRequest request) {
    Optional<Job> found = Jobs.lock(transaction, request.attempt().job());
    if (found.isEmpty()) {
      return refuse(request, "There is no job " + request.attempt().job() + ".");
    }
    Job job = found.get();
    if (!job.attempt().equals(request.attempt().attempt())) {
      return refuse(request, "Attempt " + job.attempt() + " has superseded it.");
    }
    if (job.state() == JobState.RUNNING) {
      return holds(transaction, request)
          ? grant(transaction, job)
          : refuse(request, "Another worker runs it.");
    }
    if (job.state() != JobState.QUEUED) {
      return refuse(request, "The job is " + job.state().word() + ".");
    }
    transaction.update(
        "update job set state = 'running', started_at = coalesce(started_at, now()) where job_id ="
            + " $1 and state = 'queued' and attempt = $2",
        job.id().value(),
        job.attempt().value());
    transaction.update(
        "insert into attempt (job_id, number, worker, gpu, lease_until) values ($1, $2, $3, $4,"
            + " now() + $5 * interval '1 millisecond')",
        job.id().value(),
        job.attempt().value(),
        request.worker().value(),
        request.gpu().value(),
        lease.toMillis());
    // Whatever else was to be published of this attempt is not needed any more.
    transaction.update("delete from outbox where job_id = $1", job.id().value());
    return grant(transaction, job);
  }

  /** Renews the lease too: the worker counts it from this request on. */
  private boolean holds(Transaction transaction, ClaimRequest request) {
    return transaction.update(
            "update attempt set lease_until = now() + $4 * interval '1 millisecond' where job_id ="
                + " $1 and number = $2 and worker = $3 and outcome is null",
            request.attempt().job().value(),
            request.attempt().attempt().value(),
            request.worker().value(),
            lease.toMillis())
        == 1;
  }

  private ClaimReply grant(Transaction transaction, Job job) {
    return new ClaimReply.Granted(
        job.attemptId(), job.spec(), provenance.of(transaction, job), lease.toMillis());
  }

  private static ClaimReply refuse(ClaimRequest request, String message) {
    return new ClaimReply.Refused(request.attempt(), message);
  }
}
