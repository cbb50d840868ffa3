package dev.morphene.coordinator.node;

import dev.morphene.coordinator.database.Columns;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.Jobs;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.message.HeartbeatReply;
import dev.morphene.protocol.message.HeartbeatReply.Action;
import dev.morphene.protocol.message.HeartbeatReply.Directive;
import dev.morphene.protocol.message.HeartbeatReply.Standing;
import dev.morphene.protocol.placement.JobNeed;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Renews the leases of everything that nodes run, many nodes at a time, and tells them what not to
 * go on with. Only the newest session of a node renews.
 */
public final class Heartbeats {
  private static final String SEE =
      """
      update worker w set host = h.host, kinds = h.kinds::jsonb, devices = h.devices::jsonb,
          running = h.running::jsonb, room = h.room::jsonb, draining = h.draining,
          last_seen_at = now()
        from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[],
          $7::text[], $8::boolean[]) as h (worker, session, host, kinds, devices, running, room,
          draining)
        where w.worker = h.worker and w.session = h.session
      """;

  private static final String RENEW =
      """
      with running as (
        select * from unnest($1::text[], $2::uuid[], $3::bigint[], $4::integer[])
          as r (worker, session, job_id, number)
      ), held as (
        select a.job_id, a.number, j.cancel_requested_at is not null as cancel_requested
          from running r join attempt a on a.job_id = r.job_id and a.number = r.number
            and a.worker = r.worker and a.session = r.session and a.outcome is null
          join job j on j.job_id = a.job_id and j.state = 'running' and j.attempt = a.number
          order by a.job_id for update of a
      )
      update attempt a set lease_until = now() + $5 * interval '1 millisecond'
        from held h where a.job_id = h.job_id and a.number = h.number and a.outcome is null
        returning a.job_id, a.number, h.cancel_requested
      """;

  private record Known(UUID session, boolean drain, boolean quarantined) {}

  private record Running(Heartbeat beat, AttemptId attempt) {}

  private final Database database;
  private final Duration lease;

  public Heartbeats(Database database, Duration lease) {
    this.database = database;
    this.lease = lease;
  }

  /** One reply for each heartbeat, in order. */
  public List<HeartbeatReply> beat(List<Heartbeat> heartbeats) {
    return database.transact(transaction -> beat(transaction, heartbeats));
  }

  private List<HeartbeatReply> beat(Transaction transaction, List<Heartbeat> heartbeats) {
    Map<String, Heartbeat> newest = new TreeMap<>();
    heartbeats.forEach(beat -> newest.put(beat.worker() + " " + beat.session(), beat));
    Map<WorkerId, Known> known = lock(transaction, heartbeats);
    see(transaction, List.copyOf(newest.values()));
    Map<AttemptId, Boolean> cancelByAttempt =
        renew(
            transaction,
            heartbeats.stream()
                .filter(beat -> standing(beat, known.get(beat.worker())) == Standing.JOINED)
                .toList());
    Map<WorkerId, List<HeartbeatReply.Reserved>> reserved = reserved(transaction, heartbeats);
    List<HeartbeatReply> replies = new ArrayList<>();
    for (Heartbeat beat : heartbeats) {
      Standing standing = standing(beat, known.get(beat.worker()));
      replies.add(
          new HeartbeatReply(
              HeartbeatReply.VERSION,
              standing,
              lease.toMillis(),
              directives(beat, cancelByAttempt),
              reserved.getOrDefault(beat.worker(), List.of()),
              standing == Standing.JOINED && known.get(beat.worker()).drain(),
              standing == Standing.JOINED && known.get(beat.worker()).quarantined()));
    }
    return replies;
  }

  private static Standing standing(Heartbeat beat, Known known) {
    if (known == null || known.session() == null) {
      return Standing.UNKNOWN;
    }
    return known.session().equals(beat.session().value()) ? Standing.JOINED : Standing.SUPERSEDED;
  }

  private static List<Directive> directives(
      Heartbeat beat, Map<AttemptId, Boolean> cancelByAttempt) {
    List<Directive> directives = new ArrayList<>();
    for (AttemptId attempt : beat.running()) {
      Boolean cancel = cancelByAttempt.get(attempt);
      if (cancel == null) {
        directives.add(new Directive(attempt, Action.ABANDON));
      } else if (cancel) {
        directives.add(new Directive(attempt, Action.CANCEL));
      }
    }
    return directives;
  }

  /** In order of name, as claims do. */
  private static Map<WorkerId, Known> lock(Transaction transaction, List<Heartbeat> heartbeats) {
    Map<WorkerId, Known> known = new HashMap<>();
    transaction
        .rows(
            "select worker, session, drain_requested_at is not null as drain, quarantined_at is not"
                + " null as quarantined from worker where worker = any($1) order by worker for"
                + " update",
            (Object) names(heartbeats))
        .forEach(
            row ->
                known.put(
                    new WorkerId(row.getString("worker")),
                    new Known(
                        row.getUUID("session"),
                        row.getBoolean("drain"),
                        row.getBoolean("quarantined"))));
    return known;
  }

  private static void see(Transaction transaction, List<Heartbeat> beats) {
    transaction.update(
        SEE,
        Columns.of(beats, beat -> beat.worker().value(), String[]::new),
        Columns.of(beats, beat -> beat.session().value(), UUID[]::new),
        Columns.of(beats, Heartbeat::host, String[]::new),
        Columns.of(beats, beat -> Jobs.json(beat.kinds()), String[]::new),
        Columns.of(beats, beat -> Jobs.json(beat.devices()), String[]::new),
        Columns.of(beats, beat -> Jobs.json(beat.running()), String[]::new),
        Columns.of(beats, beat -> Jobs.json(beat.room()), String[]::new),
        Columns.of(beats, Heartbeat::draining, Boolean[]::new));
  }

  private Map<AttemptId, Boolean> renew(Transaction transaction, List<Heartbeat> heartbeats) {
    List<Running> running = new ArrayList<>();
    for (Heartbeat beat : heartbeats) {
      beat.running().forEach(attempt -> running.add(new Running(beat, attempt)));
    }
    running.sort(Comparator.comparing(entry -> entry.attempt().job()));
    Map<AttemptId, Boolean> cancelByAttempt = new HashMap<>();
    if (running.isEmpty()) {
      return cancelByAttempt;
    }
    for (Row row :
        transaction.rows(
            RENEW,
            Columns.of(running, entry -> entry.beat().worker().value(), String[]::new),
            Columns.of(running, entry -> entry.beat().session().value(), UUID[]::new),
            Columns.of(running, entry -> entry.attempt().job().value(), Long[]::new),
            Columns.of(running, entry -> entry.attempt().attempt().value(), Integer[]::new),
            lease.toMillis())) {
      cancelByAttempt.put(
          new AttemptId(
              new JobId(row.getLong("job_id")), new AttemptNumber(row.getInteger("number"))),
          row.getBoolean("cancel_requested"));
    }
    return cancelByAttempt;
  }

  private static Map<WorkerId, List<HeartbeatReply.Reserved>> reserved(
      Transaction transaction, List<Heartbeat> heartbeats) {
    Map<WorkerId, List<HeartbeatReply.Reserved>> reserved = new HashMap<>();
    transaction
        .rows(
            "select worker, gpu, memory_bytes, side_by_side from gpu_reservation where worker ="
                + " any($1)",
            (Object) names(heartbeats))
        .forEach(
            row ->
                reserved
                    .computeIfAbsent(
                        new WorkerId(row.getString("worker")), worker -> new ArrayList<>())
                    .add(
                        new HeartbeatReply.Reserved(
                            new GpuUuid(row.getString("gpu")),
                            new JobNeed(
                                new ByteSize(row.getLong("memory_bytes")),
                                row.getInteger("side_by_side")))));
    return reserved;
  }

  private static String[] names(List<Heartbeat> heartbeats) {
    return heartbeats.stream().map(beat -> beat.worker().value()).distinct().toArray(String[]::new);
  }
}
