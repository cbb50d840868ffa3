package dev.morphene.coordinator.outbox;

import dev.morphene.broker.Broker;
import dev.morphene.broker.Outgoing;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.message.JobMessage;
import dev.morphene.protocol.queue.QueueName;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes jobs that are ready: by priority, then fair share between batches, then age, and only a
 * small window per queue ahead of the nodes, so that priority and cancel still act late.
 *
 * <p>A job is marked as queued, published and confirmed in one transaction. When this process dies
 * in between, the message may be there twice; claims make that harmless. Any number of coordinators
 * may publish: a row that one holds is skipped by the others.
 */
public final class OutboxPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxPublisher.class);

  private static final String TAKE =
      """
      with load as (
        select batch_id, count(*) as busy from job where state in ('queued', 'running')
        group by batch_id
      ), turns as (
        select o.outbox_id, j.priority, coalesce(l.busy, 0) + row_number() over (
            partition by j.priority, j.batch_id order by o.outbox_id) as turn
          from outbox o join job j on j.job_id = o.job_id
          left join load l on l.batch_id = j.batch_id where j.queue = $1
      ), ranked as (
        select outbox_id, row_number() over (order by priority desc, turn, outbox_id) as place
          from turns
      )
      select o.outbox_id, o.job_id, o.attempt from outbox o
        join ranked r on r.outbox_id = o.outbox_id
        where r.place <= $2 order by r.place for update of o skip locked
      """;

  private final Database database;
  private final Broker broker;
  private final int window;
  private final AtomicLong published = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  /**
   * @param window how many jobs of a queue may be published and unclaimed
   */
  public OutboxPublisher(Database database, Broker broker, int window) {
    this.database = database;
    this.broker = broker;
    this.window = window;
  }

  /** Publishes what there is room for; throws when the broker did not take some of it. */
  public void round() {
    Map<String, Long> room = database.transact(this::room);
    if (!room.isEmpty() && !broker.health().connected()) {
      throw new IllegalStateException(
          "Jobs wait for the broker: " + broker.health().detail() + ".");
    }
    int refused = 0;
    for (Map.Entry<String, Long> queue : room.entrySet()) {
      if (queue.getValue() > 0) {
        refused +=
            database.transact(
                transaction ->
                    publish(transaction, new QueueName(queue.getKey()), queue.getValue()));
      }
    }
    if (refused > 0) {
      failed.addAndGet(refused);
      throw new IllegalStateException(
          "The broker did not take " + refused + " messages (" + broker.health().detail() + ").");
    }
  }

  public long published() {
    return published.get();
  }

  public long failed() {
    return failed.get();
  }

  private Map<String, Long> room(Transaction transaction) {
    Map<String, Long> room = new LinkedHashMap<>();
    transaction
        .rows(
            "select j.queue, $1 - (select count(*) from job q where q.queue = j.queue and q.state ="
                + " 'queued' and not exists (select from outbox w where w.job_id = q.job_id)) as"
                + " room from outbox o join job j on j.job_id = o.job_id group by j.queue",
            (long) window)
        .forEach(row -> room.put(row.getString("queue"), row.getLong("room")));
    return room;
  }

  /** How many messages were refused; their jobs stay pending, for the next round. */
  private int publish(Transaction transaction, QueueName queue, long room) {
    List<Row> rows = transaction.rows(TAKE, queue.value(), room);
    Map<Long, CompletableFuture<Void>> confirms = new LinkedHashMap<>();
    List<Long> done = new ArrayList<>();
    Map<Long, Long> jobByRow = new LinkedHashMap<>();
    for (Row row : rows) {
      long outboxId = row.getLong("outbox_id");
      long job = row.getLong("job_id");
      int attempt = row.getInteger("attempt");
      int marked =
          transaction.update(
              "update job set state = 'queued', queued_at = now() where job_id = $1 and attempt ="
                  + " $2 and state in ('pending', 'queued')",
              job,
              attempt);
      if (marked == 0) {
        // Cancelled, claimed or superseded since: there is nothing to publish any more.
        done.add(outboxId);
        continue;
      }
      jobByRow.put(outboxId, job);
      AttemptId id = new AttemptId(new JobId(job), new AttemptNumber(attempt));
      confirms.put(outboxId, broker.publish(queue, message(id)));
    }
    int refused = 0;
    for (Map.Entry<Long, CompletableFuture<Void>> confirm : confirms.entrySet()) {
      try {
        confirm.getValue().join();
        done.add(confirm.getKey());
      } catch (CompletionException failure) {
        LOG.debug("A job could not be published; it stays pending.", failure);
        transaction.update(
            "update job set state = 'pending', queued_at = null where job_id = $1",
            jobByRow.get(confirm.getKey()));
        refused++;
      }
    }
    published.addAndGet(confirms.size() - refused);
    transaction.update(
        "delete from outbox where outbox_id = any($1)", (Object) done.toArray(Long[]::new));
    return refused;
  }

  private static Outgoing message(AttemptId attempt) {
    return new Outgoing(
        ProtocolJson.write(JobMessage.of(attempt)),
        Optional.of(attempt.toString()),
        Map.of(),
        true,
        0);
  }
}
