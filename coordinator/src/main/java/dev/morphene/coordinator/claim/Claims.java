package dev.morphene.coordinator.claim;

import dev.morphene.coordinator.database.Columns;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.Job;
import dev.morphene.coordinator.job.Jobs;
import dev.morphene.coordinator.outbox.QueuePause;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.message.ClaimReply;
import dev.morphene.protocol.message.ClaimRequest;
import dev.morphene.protocol.placement.JobNeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Grants attempts to workers, many at a time. The locks on the nodes and on the jobs put rivals in
 * a line; the first one finds the job queued. The holder may ask again, because an answer can get
 * lost.
 */
public final class Claims {
  private static final Duration PAUSE_AFTER_RETURN = Duration.ofSeconds(3);

  /** The one statement that grants: only what is queued with that very attempt number. */
  private static final String GRANT =
      """
      with claim as (
        select * from unnest($1::bigint[], $2::integer[], $3::text[], $4::text[], $5::uuid[],
          $6::bigint[], $7::integer[], $8::text[], $9::integer[]) as c (job_id, number, worker,
          gpu, session, memory_bytes, side_by_side, gpu_model, together)
      ), granted as (
        update job j set state = 'running', started_at = coalesce(j.started_at, now())
          from claim c where j.job_id = c.job_id and j.attempt = c.number and j.state = 'queued'
          returning c.*
      ), begun as (
        insert into attempt (job_id, number, worker, gpu, session, memory_bytes, side_by_side,
            gpu_model, together, lease_until)
          select job_id, number, worker, gpu, session, memory_bytes, side_by_side, gpu_model,
            together, now() + $10 * interval '1 millisecond' from granted
          returning job_id, number, worker, gpu
      )
      insert into event (job_id, attempt, sequence, worker, at, type, report)
        select job_id, number, 0, worker, now(), 'granted',
          jsonb_build_object('type', 'granted', 'gpu', gpu) from begun
      """;

  private record Grant(Job job, ClaimRequest request, GpuUuid gpu, String model, int together) {}

  private final Database database;
  private final Duration lease;
  private final Provenance provenance;
  private final AtomicLong granted = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong returned = new AtomicLong();

  public Claims(Database database, Duration lease, Provenance provenance) {
    this.database = database;
    this.lease = lease;
    this.provenance = provenance;
  }

  /** One reply for each request, in order. */
  public List<ClaimReply> claim(List<ClaimRequest> requests) {
    List<ClaimReply> replies = database.transact(transaction -> decide(transaction, requests));
    replies.forEach(
        reply -> {
          granted.addAndGet(reply.granted().size());
          refused.addAndGet(reply.refused().size());
        });
    requests.forEach(request -> returned.addAndGet(request.returned().size()));
    return replies;
  }

  public long granted() {
    return granted.get();
  }

  public long refused() {
    return refused.get();
  }

  /** Attempts that a node took and had no place for. */
  public long returned() {
    return returned.get();
  }

  private List<ClaimReply> decide(Transaction transaction, List<ClaimRequest> requests) {
    NodeLedger ledger =
        NodeLedger.lock(transaction, requests.stream().map(ClaimRequest::worker).toList());
    boolean paused = QueuePause.isPausedAndStaysSo(transaction);
    Set<JobId> ids = new LinkedHashSet<>();
    for (ClaimRequest request : requests) {
      request.claims().forEach(claim -> ids.add(claim.attempt().job()));
      request.returned().forEach(attempt -> ids.add(attempt.job()));
    }
    Map<JobId, Job> jobs = Jobs.lockAll(transaction, ids);
    List<Grant> grants = new ArrayList<>();
    Set<AttemptId> back = new LinkedHashSet<>();
    Map<AttemptId, String> taken = new HashMap<>();
    List<ClaimReply> replies = new ArrayList<>();
    for (ClaimRequest request : requests) {
      List<ClaimReply.Granted> given = new ArrayList<>();
      List<ClaimReply.Refused> denied = new ArrayList<>();
      for (ClaimRequest.Claim claim : request.claims()) {
        Job job = jobs.get(claim.attempt().job());
        Optional<String> objection = objection(transaction, request, claim, job, taken);
        boolean fresh = !taken.containsKey(claim.attempt());
        if (objection.isEmpty() && job.state() == JobState.QUEUED && fresh) {
          objection =
              paused
                  ? Optional.of("The queue is paused.")
                  : ledger
                      .objection(request.worker(), request.session())
                      .or(() -> ledger.objection(request.worker(), claim.gpu(), job.need()));
          objection.ifPresent(noPlace -> back.add(claim.attempt()));
        }
        if (objection.isPresent()) {
          denied.add(new ClaimReply.Refused(claim.attempt(), objection.get()));
          continue;
        }
        if (job.state() == JobState.QUEUED && fresh) {
          int together = ledger.add(request.worker(), claim.gpu(), job.need());
          String model = ledger.model(request.worker(), claim.gpu()).orElse(claim.gpu().value());
          grants.add(new Grant(job, request, claim.gpu(), model, together));
          taken.put(claim.attempt(), asker(request));
        }
        given.add(
            new ClaimReply.Granted(
                job.attemptId(), job.spec(), provenance.of(transaction, job), job.need()));
      }
      back.addAll(request.returned());
      replies.add(new ClaimReply(ClaimReply.VERSION, lease.toMillis(), given, denied));
    }
    grant(transaction, grants);
    back.removeIf(attempt -> taken.containsKey(attempt));
    giveBack(transaction, back);
    return replies;
  }

  /** Why the attempt is not to be had; empty when it is queued, or held by who asks. */
  private Optional<String> objection(
      Transaction transaction,
      ClaimRequest request,
      ClaimRequest.Claim claim,
      Job job,
      Map<AttemptId, String> taken) {
    if (job == null) {
      return Optional.of("There is no job " + claim.attempt().job() + ".");
    }
    if (!job.attempt().equals(claim.attempt().attempt())) {
      return Optional.of(
          "Attempt " + job.attempt() + " of job " + job.id() + " is the current one.");
    }
    String taker = taken.get(claim.attempt());
    if (taker != null) {
      return taker.equals(asker(request))
          ? Optional.empty()
          : Optional.of("Another worker runs it.");
    }
    if (job.state() == JobState.RUNNING) {
      return renewed(transaction, request, claim.attempt())
          ? Optional.empty()
          : Optional.of("Another worker, or another life of this one, runs it.");
    }
    return job.state() == JobState.QUEUED
        ? Optional.empty()
        : Optional.of("The job is " + job.state().word() + ".");
  }

  /** One life of a worker: another one of the same name is somebody else. */
  private static String asker(ClaimRequest request) {
    return request.worker() + " " + request.session();
  }

  /** For the holder: the worker counts the lease from this request on. */
  private boolean renewed(Transaction transaction, ClaimRequest request, AttemptId attempt) {
    return transaction.update(
            "update attempt set lease_until = now() + $5 * interval '1 millisecond' where job_id ="
                + " $1 and number = $2 and worker = $3 and session = $4 and outcome is null",
            attempt.job().value(),
            attempt.attempt().value(),
            request.worker().value(),
            request.session().value(),
            lease.toMillis())
        == 1;
  }

  private void grant(Transaction transaction, List<Grant> grants) {
    if (grants.isEmpty()) {
      return;
    }
    int inserted =
        transaction.update(
            GRANT,
            Columns.of(grants, grant -> grant.job().id().value(), Long[]::new),
            Columns.of(grants, grant -> grant.job().attempt().value(), Integer[]::new),
            Columns.of(grants, grant -> grant.request().worker().value(), String[]::new),
            Columns.of(grants, grant -> grant.gpu().value(), String[]::new),
            Columns.of(grants, grant -> grant.request().session().value(), UUID[]::new),
            Columns.of(
                grants,
                grant -> grant.job().need().map(need -> need.memory().bytes()).orElse(null),
                Long[]::new),
            Columns.of(
                grants,
                grant -> grant.job().need().map(JobNeed::sideBySide).orElse(3),
                Integer[]::new),
            Columns.of(grants, Grant::model, String[]::new),
            Columns.of(grants, Grant::together, Integer[]::new),
            lease.toMillis());
    if (inserted != grants.size()) {
      throw new IllegalStateException("A queued job changed under its lock.");
    }
    transaction.update(
        "delete from gpu_reservation where job_id = any($1)",
        (Object) Columns.of(grants, grant -> grant.job().id().value(), Long[]::new));
  }

  /** Publishes again, after a pause in which others are asked first, what found no place. */
  private static void giveBack(Transaction transaction, Set<AttemptId> attempts) {
    if (attempts.isEmpty()) {
      return;
    }
    transaction.update(
        "with back as (update job j set state = 'pending', queued_at = null from"
            + " unnest($1::bigint[], $2::integer[]) as r (job_id, attempt) where j.job_id ="
            + " r.job_id and j.attempt = r.attempt and j.state = 'queued' returning j.job_id,"
            + " j.attempt, j.queue, j.size, j.batch_id, j.priority) insert into outbox (job_id,"
            + " attempt, queue, size, batch_id, urgency, not_before) select job_id, attempt, queue,"
            + " size, batch_id, -priority, now() + $3 * interval '1 millisecond' from back order by"
            + " job_id on conflict do nothing",
        Columns.of(attempts, attempt -> attempt.job().value(), Long[]::new),
        Columns.of(attempts, attempt -> attempt.attempt().value(), Integer[]::new),
        PAUSE_AFTER_RETURN.toMillis());
  }
}
