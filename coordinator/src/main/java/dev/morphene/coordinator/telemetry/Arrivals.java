package dev.morphene.coordinator.telemetry;

import dev.morphene.coordinator.database.Columns;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.protocol.message.TelemetryBatch;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Keeps count of the batches of every node's session in Postgres, in the transaction that stores
 * their samples: the count is right whichever coordinator stores them and whenever one is killed.
 */
final class Arrivals {
  private static final String LOCK =
      """
      select worker, session, newest_sequence, recent from node_telemetry
        where (worker, session) in (select * from unnest($1::text[], $2::uuid[]))
        order by worker, session for no key update
      """;

  private static final String BEGIN =
      """
      insert into node_telemetry (worker, session) select * from unnest($1::text[], $2::uuid[])
        on conflict do nothing
      """;

  private static final String COUNT =
      """
      update node_telemetry n set newest_sequence = s.newest, recent = s.recent,
        batches = n.batches + s.batches, samples = n.samples + s.samples,
        samples_lost_at_node = greatest(n.samples_lost_at_node, s.lost), updated_at = now()
        from unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
          $7::bigint[]) as s (worker, session, newest, recent, batches, samples, lost)
        where n.worker = s.worker and n.session = s.session
      """;

  /** In one order for all coordinators, so that none waits for another in a circle. */
  private record Life(String worker, UUID session) implements Comparable<Life> {
    static Life of(TelemetryBatch batch) {
      return new Life(batch.worker().value(), batch.session().value());
    }

    @Override
    public int compareTo(Life other) {
      int byWorker = worker.compareTo(other.worker);
      return byWorker != 0 ? byWorker : session.compareTo(other.session);
    }
  }

  private static final class Account {
    private SequenceWindow window = new SequenceWindow(0, 0);
    private long batches;
    private long samples;
    private long lostAtNode;

    boolean take(TelemetryBatch batch) {
      if (!window.takes(batch.sequence())) {
        return false;
      }
      window = window.with(batch.sequence());
      batches++;
      samples += batch.samples();
      lostAtNode = Math.max(lostAtNode, batch.lostSamples());
      return true;
    }
  }

  private Arrivals() {}

  /** Counts the batches; returns those that were not stored before. */
  static List<TelemetryBatch> count(Transaction transaction, Collection<TelemetryBatch> batches) {
    SortedMap<Life, Account> accounts = new TreeMap<>();
    batches.forEach(batch -> accounts.computeIfAbsent(Life.of(batch), life -> new Account()));
    String[] workers = Columns.of(accounts.keySet(), Life::worker, String[]::new);
    UUID[] sessions = Columns.of(accounts.keySet(), Life::session, UUID[]::new);
    Map<Life, SequenceWindow> windows = lock(transaction, workers, sessions);
    if (windows.size() < accounts.size()) {
      transaction.update(BEGIN, workers, sessions);
      windows = lock(transaction, workers, sessions);
    }
    windows.forEach((life, window) -> accounts.get(life).window = window);
    List<TelemetryBatch> fresh = new ArrayList<>(batches.size());
    for (TelemetryBatch batch : batches) {
      if (accounts.get(Life.of(batch)).take(batch)) {
        fresh.add(batch);
      }
    }
    transaction.update(
        COUNT,
        workers,
        sessions,
        Columns.of(accounts.values(), account -> account.window.newest(), Long[]::new),
        Columns.of(accounts.values(), account -> account.window.recent(), Long[]::new),
        Columns.of(accounts.values(), account -> account.batches, Long[]::new),
        Columns.of(accounts.values(), account -> account.samples, Long[]::new),
        Columns.of(accounts.values(), account -> account.lostAtNode, Long[]::new));
    return fresh;
  }

  private static Map<Life, SequenceWindow> lock(
      Transaction transaction, String[] workers, UUID[] sessions) {
    Map<Life, SequenceWindow> windows = new HashMap<>();
    for (Row row : transaction.rows(LOCK, workers, sessions)) {
      windows.put(
          new Life(row.getString("worker"), row.getUUID("session")),
          new SequenceWindow(row.getLong("newest_sequence"), row.getLong("recent")));
    }
    return windows;
  }
}
