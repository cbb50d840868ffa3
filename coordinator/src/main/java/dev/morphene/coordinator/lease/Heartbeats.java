package dev.morphene.coordinator.lease;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.Jobs;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.message.Heartbeat;
import dev.morphene.protocol.message.HeartbeatReply;
import dev.morphene.protocol.message.HeartbeatReply.Action;
import dev.morphene.protocol.message.HeartbeatReply.Directive;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Renews the leases of everything a node runs, and tells it what not to go on with. */
public final class Heartbeats {
  private static final String RENEW =
      """
      update attempt a set lease_until = now() + $4 * interval '1 millisecond'
        from unnest($2::bigint[], $3::integer[]) as running (job_id, number), job j
        where a.job_id = running.job_id and a.number = running.number and a.worker = $1
          and a.outcome is null and j.job_id = a.job_id and j.state = 'running'
          and j.attempt = a.number
        returning a.job_id, a.number, j.cancel_requested_at is not null as cancel_requested
      """;

  private final Database database;
  private final Duration lease;

  public Heartbeats(Database database, Duration lease) {
    this.database = database;
    this.lease = lease;
  }

  public HeartbeatReply beat(Heartbeat heartbeat) {
    return database.transact(transaction -> beat(transaction, heartbeat));
  }

  private HeartbeatReply beat(Transaction transaction, Heartbeat heartbeat) {
    transaction.update(
        "insert into worker (worker, host, kinds, devices, running) values ($1, $2,"
            + " $3::text::jsonb, $4::text::jsonb, $5::text::jsonb) on conflict (worker) do update"
            + " set host = excluded.host, kinds = excluded.kinds, devices = excluded.devices,"
            + " running = excluded.running, last_seen_at = now()",
        heartbeat.worker().value(),
        heartbeat.host(),
        Jobs.json(heartbeat.kinds()),
        Jobs.json(heartbeat.devices()),
        Jobs.json(heartbeat.running()));
    List<Directive> directives = new ArrayList<>();
    if (!heartbeat.running().isEmpty()) {
      Map<AttemptId, Boolean> cancelByAttempt = renew(transaction, heartbeat);
      for (AttemptId attempt : heartbeat.running()) {
        Boolean cancel = cancelByAttempt.get(attempt);
        if (cancel == null) {
          directives.add(new Directive(attempt, Action.ABANDON));
        } else if (cancel) {
          directives.add(new Directive(attempt, Action.CANCEL));
        }
      }
    }
    return new HeartbeatReply(HeartbeatReply.VERSION, lease.toMillis(), directives);
  }

  private Map<AttemptId, Boolean> renew(Transaction transaction, Heartbeat heartbeat) {
    Long[] jobs =
        heartbeat.running().stream().map(attempt -> attempt.job().value()).toArray(Long[]::new);
    Integer[] numbers =
        heartbeat.running().stream()
            .map(attempt -> attempt.attempt().value())
            .toArray(Integer[]::new);
    Map<AttemptId, Boolean> cancelByAttempt = new HashMap<>();
    transaction
        .rows(RENEW, heartbeat.worker().value(), jobs, numbers, lease.toMillis())
        .forEach(
            row ->
                cancelByAttempt.put(
                    new AttemptId(
                        new JobId(row.getLong("job_id")),
                        new AttemptNumber(row.getInteger("number"))),
                    row.getBoolean("cancel_requested")));
    return cancelByAttempt;
  }
}
