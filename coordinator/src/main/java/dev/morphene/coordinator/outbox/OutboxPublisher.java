package dev.morphene.coordinator.outbox;

import dev.morphene.broker.Broker;
import dev.morphene.broker.Outgoing;
import dev.morphene.coordinator.database.Columns;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.JobMessage;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.queue.QueueName;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes jobs that are ready: by priority, then fair share between batches, then age, and only a
 * small window ahead of the nodes, so that priority and cancel still act late. Each size of a queue
 * has a window of its own: jobs that find no place do not keep the nodes from seeing smaller ones.
 *
 * <p>A job is marked as queued, published and confirmed in one transaction. When this process dies
 * in between, the message may be there twice; claims make that harmless. Any number of coordinators
 * may publish: a row that one holds is skipped by the others.
 */
public final class OutboxPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxPublisher.class);

  private static final long MOST_AT_ONCE = 1_000;

  /** More batches than that wait for a later round; those before them are gone by then. */
  private static final int MOST_BATCHES = 2_000;

  private static final String CANDIDATES =
      """
      with recursive turns as (
        (select urgency, batch_id, 1 as place from outbox where queue = $1 and size = $4
          order by urgency, batch_id limit 1)
        union all
        select n.urgency, n.batch_id, t.place + 1 from turns t cross join lateral (
          select urgency, batch_id from outbox
            where queue = $1 and size = $4 and (urgency, batch_id) > (t.urgency, t.batch_id)
            order by urgency, batch_id limit 1) n where t.place < $3
      )
      select o.outbox_id, o.batch_id, o.urgency, o.created_at, now() as now
        from turns t cross join lateral (
          select outbox_id, batch_id, urgency, created_at from outbox
            where queue = $1 and size = $4 and urgency = t.urgency and batch_id = t.batch_id
              and (not_before is null or not_before <= now())
            order by outbox_id limit $2) o
      """;

  private static final String ROOM =
      """
      with recursive waiting as (
        (select queue, size from outbox order by queue, size limit 1)
        union all
        select n.queue, n.size from waiting s cross join lateral (
          select queue, size from outbox where (queue, size) > (s.queue, s.size)
            order by queue, size limit 1) n
      ), node as (
        select r ->> 'queue' as queue, sum((r ->> 'jobs')::bigint) as jobs
          from worker w, jsonb_array_elements(w.room) r where not w.draining
            and w.drain_requested_at is null and w.quarantined_at is null
            and w.last_seen_at > now() - $3 * interval '1 millisecond' group by 1
      ), unclaimed as (
        select j.queue, j.size, count(*) as jobs from job j where j.state = 'queued'
          and not exists (select from outbox o where o.job_id = j.job_id) group by 1, 2
      )
      select s.queue, s.size, $2 + coalesce(n.jobs, 0) - coalesce(u.jobs, 0) as room
        from waiting s left join node n on n.queue = s.queue
          left join unclaimed u on u.queue = s.queue and u.size = s.size
        where s.queue = any($1::text[]) and not exists (select from queue_pause)
          and exists (select from outbox o where o.queue = s.queue and o.size = s.size
            and (o.not_before is null or o.not_before <= now()))
        order by s.queue, s.size
      """;

  private final Database database;
  private final Broker broker;
  private final int window;
  private final Duration nodeSilence;
  private final PublishOrder order = PublishOrder.usual();
  private final AtomicLong published = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private volatile boolean leftSome = true;

  /**
   * @param window how many jobs of a size may be published and unclaimed beyond what the nodes have
   *     room for in its queue
   * @param nodeSilence room of a node that was not heard of for longer does not count
   */
  public OutboxPublisher(Database database, Broker broker, int window, Duration nodeSilence) {
    this.database = database;
    this.broker = broker;
    this.window = window;
    this.nodeSilence = nodeSilence;
  }

  /** Publishes what there is room for; throws when the broker did not take some of it. */
  public void round() {
    leftSome = true;
    boolean full = false;
    Map<Window, Integer> room = database.transact(this::room);
    if (!room.isEmpty() && !broker.health().connected()) {
      throw new IllegalStateException(
          "Jobs wait for the broker: " + broker.health().detail() + ".");
    }
    int refused = 0;
    for (Map.Entry<Window, Integer> entry : room.entrySet()) {
      if (entry.getValue() > 0) {
        Published done =
            database.transact(
                transaction -> publish(transaction, entry.getKey(), entry.getValue()));
        refused += done.refused();
        full |= done.chosen() >= entry.getValue();
      } else {
        full = true;
      }
    }
    if (refused > 0) {
      failed.addAndGet(refused);
      throw new IllegalStateException(
          "The broker did not take " + refused + " messages (" + broker.health().detail() + ").");
    }
    leftSome = full;
  }

  /**
   * Whether jobs may have stayed behind in the last round, so that new room for them is worth one.
   * What has come since wakes the publishers by itself.
   */
  public boolean leftSome() {
    return leftSome;
  }

  public long published() {
    return published.get();
  }

  public long failed() {
    return failed.get();
  }

  private Map<Window, Integer> room(Transaction transaction) {
    Map<Window, Integer> room = new LinkedHashMap<>();
    transaction
        .rows(
            ROOM,
            Columns.of(QueueName.work(), QueueName::value, String[]::new),
            (long) window,
            nodeSilence.toMillis())
        .forEach(
            row ->
                room.put(
                    new Window(new QueueName(row.getString("queue")), row.getString("size")),
                    (int) Math.min(MOST_AT_ONCE, row.getNumeric("room").longValue())));
    return room;
  }

  /**
   * @param size recipe and side by side; empty for kinds that need no GPU
   */
  private record Window(QueueName queue, String size) {}

  /**
   * @param chosen rows that there was room for
   * @param refused messages that the broker did not take; their jobs stay pending
   */
  private record Published(int chosen, int refused) {}

  private Published publish(Transaction transaction, Window window, int room) {
    List<Long> chosen = choose(transaction, window, room);
    if (chosen.isEmpty()) {
      return new Published(0, 0);
    }
    Map<AttemptId, Long> rowByAttempt = new LinkedHashMap<>();
    transaction
        .rows(
            "select outbox_id, job_id, attempt from outbox where outbox_id = any($1) for update"
                + " skip locked",
            (Object) chosen.toArray(Long[]::new))
        .forEach(row -> rowByAttempt.put(attempt(row), row.getLong("outbox_id")));
    Map<AttemptId, CompletableFuture<Void>> confirms = new LinkedHashMap<>();
    for (Row row : markQueued(transaction, rowByAttempt)) {
      confirms.put(attempt(row), broker.publish(window.queue(), message(attempt(row), need(row))));
    }
    List<Long> refused = new ArrayList<>();
    confirms.forEach(
        (attempt, confirm) -> {
          try {
            confirm.join();
          } catch (CompletionException failure) {
            LOG.debug("A job could not be published; it stays pending.", failure);
            refused.add(attempt.job().value());
            rowByAttempt.remove(attempt);
          }
        });
    if (!refused.isEmpty()) {
      transaction.update(
          "update job set state = 'pending', queued_at = null where job_id = any($1)",
          (Object) refused.toArray(Long[]::new));
    }
    published.addAndGet(confirms.size() - refused.size());
    // Rows whose job was cancelled, claimed or superseded since go too.
    transaction.update(
        "delete from outbox where outbox_id = any($1)",
        (Object) rowByAttempt.values().toArray(Long[]::new));
    return new Published(chosen.size(), refused.size());
  }

  private List<Long> choose(Transaction transaction, Window window, int room) {
    List<PublishOrder.Candidate> candidates = new ArrayList<>();
    Set<UUID> batches = new HashSet<>();
    Instant now = Instant.EPOCH;
    for (Row row :
        transaction.rows(
            CANDIDATES, window.queue().value(), (long) room, (long) MOST_BATCHES, window.size())) {
      batches.add(row.getUUID("batch_id"));
      now = row.getOffsetDateTime("now").toInstant();
      candidates.add(
          new PublishOrder.Candidate(
              row.getLong("outbox_id"),
              new BatchId(row.getUUID("batch_id")),
              -row.getInteger("urgency"),
              row.getOffsetDateTime("created_at").toInstant()));
    }
    Map<BatchId, Integer> busy = new HashMap<>();
    if (batches.size() > 1 && candidates.size() > room) {
      transaction
          .rows(
              "select batch_id, count(*) as busy from job where batch_id = any($1) and state in"
                  + " ('queued', 'running') group by batch_id",
              (Object) batches.toArray(UUID[]::new))
          .forEach(
              row ->
                  busy.put(new BatchId(row.getUUID("batch_id")), row.getLong("busy").intValue()));
    }
    return order.choose(candidates, busy, room, now).stream()
        .map(PublishOrder.Candidate::row)
        .toList();
  }

  private static List<Row> markQueued(Transaction transaction, Map<AttemptId, Long> rowByAttempt) {
    return transaction.rows(
        "with marked as (update job j set state = 'queued', queued_at = now() from"
            + " unnest($1::bigint[], $2::integer[]) as p (job_id, attempt) where j.job_id ="
            + " p.job_id and j.attempt = p.attempt and j.state in ('pending', 'queued') and"
            + " j.paused_at is null returning j.job_id, j.attempt, j.memory_bytes, j.side_by_side)"
            + " select * from marked join unnest($1::bigint[]) with ordinality as o (job_id, place)"
            + " using (job_id) order by place",
        Columns.of(rowByAttempt.keySet(), attempt -> attempt.job().value(), Long[]::new),
        Columns.of(rowByAttempt.keySet(), attempt -> attempt.attempt().value(), Integer[]::new));
  }

  private static AttemptId attempt(Row row) {
    return new AttemptId(
        new JobId(row.getLong("job_id")), new AttemptNumber(row.getInteger("attempt")));
  }

  private static Optional<JobNeed> need(Row row) {
    return Optional.ofNullable(row.getLong("memory_bytes"))
        .map(bytes -> new JobNeed(new ByteSize(bytes), row.getInteger("side_by_side")));
  }

  private static Outgoing message(AttemptId attempt, Optional<JobNeed> need) {
    return new Outgoing(
        ProtocolJson.write(JobMessage.of(attempt, need)),
        Optional.of(attempt.toString()),
        Map.of(),
        true,
        0);
  }
}
