package dev.morphene.coordinator.lease;

import dev.morphene.broker.Broker;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.Job;
import dev.morphene.coordinator.job.JobLife;
import dev.morphene.coordinator.job.Jobs;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.queue.QueueName;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings back what nobody works on: attempts whose lease has lapsed, jobs whose back-off has
 * passed, and messages that the broker lost. Any number of coordinators may do it at once.
 */
public final class Reaper {
  private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);
  private static final long ANSWER_LIMIT_SECONDS = 10;

  private final Database database;
  private final Broker broker;
  private final JobLife life;
  private final Duration lease;
  private final Duration grace;
  private final Duration unclaimedLimit;
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong republished = new AtomicLong();

  /**
   * @param grace waited beyond the lease, so that the node has surely stopped by its own clock
   * @param unclaimedLimit how long a published job may be unclaimed before its message is looked
   *     for
   */
  public Reaper(
      Database database,
      Broker broker,
      JobLife life,
      Duration lease,
      Duration grace,
      Duration unclaimedLimit) {
    this.database = database;
    this.broker = broker;
    this.life = life;
    this.lease = lease;
    this.grace = grace;
    this.unclaimedLimit = unclaimedLimit;
  }

  public void round() throws Exception {
    for (Row row : database.transact(this::lapsed)) {
      database.transact(transaction -> lose(transaction, new JobId(row.getLong("job_id"))));
    }
    for (Row row : database.transact(this::rested)) {
      database.transact(transaction -> tryAgain(transaction, new JobId(row.getLong("job_id"))));
    }
    republishWhatTheBrokerLost();
  }

  public long lost() {
    return lost.get();
  }

  public long republished() {
    return republished.get();
  }

  private List<Row> lapsed(Transaction transaction) {
    return transaction.rows(
        "select job_id from attempt where outcome is null and lease_until + $1 * interval '1"
            + " millisecond' < now() order by job_id",
        grace.toMillis());
  }

  /**
   * Looks again under the lock: the lease may have been renewed, or another coordinator was here.
   */
  private Void lose(Transaction transaction, JobId id) {
    Job job = Jobs.lock(transaction, id).orElseThrow();
    boolean lapsed =
        transaction
            .row(
                "select 1 from attempt where job_id = $1 and number = $2 and outcome is null and"
                    + " lease_until + $3 * interval '1 millisecond' < now() for update",
                id.value(),
                job.attempt().value(),
                grace.toMillis())
            .isPresent();
    if (lapsed && job.state() == JobState.RUNNING) {
      LOG.warn("The lease of {} has lapsed; it is pending again.", job.attemptId());
      life.lose(transaction, job, lease.plus(grace));
      lost.incrementAndGet();
    }
    return null;
  }

  private List<Row> rested(Transaction transaction) {
    return transaction.rows(
        "select job_id from job where state = 'retrying' and not_before <= now() order by job_id");
  }

  private Void tryAgain(Transaction transaction, JobId id) {
    Job job = Jobs.lock(transaction, id).orElseThrow();
    if (job.state() == JobState.RETRYING) {
      life.tryAgain(transaction, job);
    }
    return null;
  }

  /**
   * A job may wait unclaimed for hours when the pool is full, so being unclaimed is no loss yet:
   * only when the queue holds fewer messages than jobs is one missing, or on its way to a claim.
   * Then those that wait for long are published again; the surplus is refused at the claim.
   */
  private void republishWhatTheBrokerLost() throws Exception {
    List<Row> stale =
        database.transact(
            transaction ->
                transaction.rows(
                    "select queue, count(*) as jobs from job where state = 'queued' group by queue"
                        + " having min(queued_at) < now() - $1 * interval '1 millisecond'",
                    unclaimedLimit.toMillis()));
    for (Row row : stale) {
      QueueName queue = new QueueName(row.getString("queue"));
      long messages = broker.messageCount(queue).get(ANSWER_LIMIT_SECONDS, TimeUnit.SECONDS);
      if (messages < row.getLong("jobs")) {
        int again = database.transact(transaction -> republish(transaction, queue));
        if (again > 0) {
          LOG.info("{} jobs of {} are published again.", again, queue);
          republished.addAndGet(again);
        }
      }
    }
  }

  private int republish(Transaction transaction, QueueName queue) {
    return transaction.update(
        "insert into outbox (job_id, attempt, queue, size, batch_id, urgency) select job_id,"
            + " attempt, queue, size, batch_id, -priority from job where queue = $1 and state ="
            + " 'queued' and queued_at < now() - $2 * interval '1 millisecond' order by job_id on"
            + " conflict do nothing",
        queue.value(),
        unclaimedLimit.toMillis());
  }
}
