package dev.morphene.coordinator.forecast;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.outbox.QueuePause;
import dev.morphene.coordinator.pool.Pool;
import dev.morphene.protocol.placement.MemoryRule;
import dev.morphene.protocol.view.QueueView;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The queue in a glance. */
public final class QueueStanding {
  private static final String COUNTS =
      """
      select case state when 'queued' then 'pending' else state end as state, count(*) as jobs
        from job group by 1
      """;

  private static final String NODES =
      """
      select count(*) as nodes from worker
        where session is not null and last_seen_at > now() - $1 * interval '1 millisecond'
      """;

  private static final String GPUS =
      """
      select count(*) as gpus, count(*) filter (where exists (select from attempt a
          where a.worker = w.worker and a.gpu = d ->> 'gpu' and a.outcome is null)) as busy
        from worker w, jsonb_array_elements(w.devices) d
        where w.kinds ? 'train' and w.session is not null and d ->> 'fenced' is null
          and w.last_seen_at > now() - $1 * interval '1 millisecond'
      """;

  private final Database database;
  private final Pool pool;
  private final MemoryRule rule;
  private final Duration nodeSilence;

  /**
   * @param nodeSilence a node that was not heard of for longer is not there
   */
  public QueueStanding(Database database, Pool pool, MemoryRule rule, Duration nodeSilence) {
    this.database = database;
    this.pool = pool;
    this.rule = rule;
    this.nodeSilence = nodeSilence;
  }

  public QueueView view() {
    return database.transact(this::view);
  }

  private QueueView view(Transaction transaction) {
    Map<String, Long> counts = new TreeMap<>();
    transaction
        .rows(COUNTS)
        .forEach(row -> counts.put(row.getString("state"), row.getLong("jobs")));
    boolean paused = QueuePause.isPaused(transaction);
    Row nodes = transaction.row(NODES, nodeSilence.toMillis()).orElseThrow();
    Row gpus = transaction.row(GPUS, nodeSilence.toMillis()).orElseThrow();
    return new QueueView(
        counts,
        paused,
        nodes.getLong("nodes").intValue(),
        gpus.getLong("gpus").intValue(),
        gpus.getLong("busy").intValue(),
        paused ? Optional.empty() : PoolOutlook.read(transaction, pool, List.of()).lastEnd(rule));
  }
}
