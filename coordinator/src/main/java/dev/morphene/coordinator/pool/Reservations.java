package dev.morphene.coordinator.pool;

import dev.morphene.coordinator.database.Columns;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.placement.ReservationPlan;
import dev.morphene.protocol.placement.ReservationPlan.Candidate;
import dev.morphene.protocol.placement.ReservationPlan.Place;
import dev.morphene.protocol.placement.ReservationPlan.Waiting;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps GPUs for large jobs that have waited long. Any number of coordinators may run it; one
 * decides at a time, the others skip their round. Nodes hear of it with their heartbeats, and the
 * claim refuses what is too small in any case.
 */
public final class Reservations {
  private static final int MOST_WAITING = 2_000;

  /** Any number that is nobody else's. */
  private static final long LOCK = 7_302_114_552_001L;

  private final Database database;
  private final Pool pool;
  private final ReservationPlan plan;
  private final AtomicLong kept = new AtomicLong();

  public Reservations(Database database, Pool pool, ReservationPlan plan) {
    this.database = database;
    this.pool = pool;
    this.plan = plan;
  }

  public void round() {
    database.transact(
        transaction -> {
          boolean mine =
              transaction
                  .row("select pg_try_advisory_xact_lock($1) as mine", LOCK)
                  .orElseThrow()
                  .getBoolean("mine");
          if (mine) {
            kept.set(decide(transaction));
          }
          return null;
        });
  }

  /** GPUs that are kept for somebody now. */
  public long kept() {
    return kept.get();
  }

  private Map<Place, Candidate> candidates(Transaction transaction) {
    Map<Place, Candidate> candidates = new HashMap<>();
    pool.gpus(transaction)
        .forEach(
            gpu ->
                candidates.put(
                    gpu.place(),
                    new Candidate(
                        gpu.snapshot(),
                        gpu.expectedEnds().stream().flatMap(Optional::stream).toList())));
    return candidates;
  }

  private int decide(Transaction transaction) {
    Map<Place, JobId> before = pool.reservations(transaction);
    List<Waiting> waiting = pool.waiting(transaction, MOST_WAITING);
    if (waiting.isEmpty() && before.isEmpty()) {
      return 0;
    }
    Instant now =
        transaction.row("select now() as now").orElseThrow().getOffsetDateTime("now").toInstant();
    Map<Place, Waiting> after = plan.decide(waiting, candidates(transaction), before, now);
    List<Map.Entry<Place, Waiting>> rows = List.copyOf(after.entrySet());
    transaction.update(
        "delete from gpu_reservation r where not exists (select from unnest($1::text[],"
            + " $2::text[], $3::bigint[]) as k (worker, gpu, job_id) where k.worker = r.worker and"
            + " k.gpu = r.gpu and k.job_id = r.job_id)",
        Columns.of(rows, row -> row.getKey().worker().value(), String[]::new),
        Columns.of(rows, row -> row.getKey().gpu().value(), String[]::new),
        Columns.of(rows, row -> row.getValue().job().value(), Long[]::new));
    transaction.update(
        "insert into gpu_reservation (worker, gpu, job_id, memory_bytes, side_by_side) select *"
            + " from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::integer[]) on"
            + " conflict do nothing",
        Columns.of(rows, row -> row.getKey().worker().value(), String[]::new),
        Columns.of(rows, row -> row.getKey().gpu().value(), String[]::new),
        Columns.of(rows, row -> row.getValue().job().value(), Long[]::new),
        Columns.of(rows, row -> row.getValue().need().memory().bytes(), Long[]::new),
        Columns.of(rows, row -> row.getValue().need().sideBySide(), Integer[]::new));
    return rows.size();
  }
}
