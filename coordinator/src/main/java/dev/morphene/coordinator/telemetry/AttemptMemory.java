package dev.morphene.coordinator.telemetry;

import dev.morphene.coordinator.database.Columns;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.message.TelemetryBatch;
import dev.morphene.protocol.message.TelemetryBatch.MemorySample;
import io.vertx.sqlclient.Row;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keeps minimum, sum, maximum and the last of every attempt's samples, and its peak in each phase.
 */
final class AttemptMemory {
  private static final String UPDATE =
      """
      with sums as (
        select * from unnest($1::text[], $2::bigint[], $3::integer[], $4::bigint[], $5::bigint[],
          $6::bigint[], $7::bigint[], $8::bigint[])
          as s (worker, job_id, number, samples, least, most, total, last)
      ), held as (
        select a.job_id, a.number from attempt a
          join sums s on s.job_id = a.job_id and s.number = a.number and s.worker = a.worker
          order by a.job_id, a.number for no key update of a
      )
      update attempt a set memory_samples = a.memory_samples + s.samples,
        memory_min_bytes = least(a.memory_min_bytes, s.least),
        memory_max_bytes = greatest(a.memory_max_bytes, s.most),
        memory_sum_bytes = a.memory_sum_bytes + s.total, memory_last_bytes = s.last
        from sums s join held h on h.job_id = s.job_id and h.number = s.number
        where a.job_id = s.job_id and a.number = s.number and a.worker = s.worker
        returning a.job_id, a.number, a.worker
      """;

  /** Looks before it inserts: a peak is seldom new, and a conflict would write a lock to disk. */
  private static final String PHASES =
      """
      insert into attempt_phase as p (job_id, attempt, phase, peak_bytes)
        select s.* from unnest($1::bigint[], $2::integer[], $3::integer[], $4::bigint[])
          as s (job_id, attempt, phase, peak_bytes)
          where not exists (select from attempt_phase k where k.job_id = s.job_id
            and k.attempt = s.attempt and k.phase = s.phase and k.peak_bytes >= s.peak_bytes)
        on conflict (job_id, attempt, phase)
          do update set peak_bytes = excluded.peak_bytes where p.peak_bytes < excluded.peak_bytes
      """;

  /** Sorted, so that coordinators that update the same attempts do not wait in a circle. */
  record Held(long job, int attempt, String worker) implements Comparable<Held> {
    private static final Comparator<Held> ORDER =
        Comparator.comparingLong(Held::job)
            .thenComparingInt(Held::attempt)
            .thenComparing(Held::worker);

    static Held of(WorkerId worker, AttemptId attempt) {
      return new Held(attempt.job().value(), attempt.attempt().value(), worker.value());
    }

    @Override
    public int compareTo(Held other) {
      return ORDER.compare(this, other);
    }
  }

  private static final class Sums {
    private long samples;
    private long least = Long.MAX_VALUE;
    private long most;
    private long total;
    private long last;
    private final SortedMap<Integer, Long> peaks = new TreeMap<>();

    void add(MemorySample sample) {
      long used = sample.used().bytes();
      samples++;
      least = Math.min(least, used);
      most = Math.max(most, used);
      total += used;
      last = used;
      sample.phase().ifPresent(phase -> peaks.merge(phase, used, Math::max));
    }
  }

  private record PhasePeak(Held held, int phase, long bytes) {}

  private AttemptMemory() {}

  /** Returns the attempts that the workers who measured them hold or held; the rest is ignored. */
  static Set<Held> update(Transaction transaction, Collection<TelemetryBatch> batches) {
    SortedMap<Held, Sums> sums = new TreeMap<>();
    for (TelemetryBatch batch : batches) {
      for (MemorySample sample : batch.jobs()) {
        sums.computeIfAbsent(Held.of(batch.worker(), sample.attempt()), held -> new Sums())
            .add(sample);
      }
    }
    if (sums.isEmpty()) {
      return Set.of();
    }
    Set<Held> held = new HashSet<>();
    for (Row row :
        transaction.rows(
            UPDATE,
            Columns.of(sums.keySet(), Held::worker, String[]::new),
            Columns.of(sums.keySet(), Held::job, Long[]::new),
            Columns.of(sums.keySet(), Held::attempt, Integer[]::new),
            Columns.of(sums.values(), sum -> sum.samples, Long[]::new),
            Columns.of(sums.values(), sum -> sum.least, Long[]::new),
            Columns.of(sums.values(), sum -> sum.most, Long[]::new),
            Columns.of(sums.values(), sum -> sum.total, Long[]::new),
            Columns.of(sums.values(), sum -> sum.last, Long[]::new))) {
      held.add(new Held(row.getLong("job_id"), row.getInteger("number"), row.getString("worker")));
    }
    phases(transaction, sums, held);
    return held;
  }

  private static void phases(Transaction transaction, Map<Held, Sums> sums, Collection<Held> held) {
    Collection<PhasePeak> peaks =
        sums.entrySet().stream()
            .filter(entry -> held.contains(entry.getKey()))
            .flatMap(
                entry ->
                    entry.getValue().peaks.entrySet().stream()
                        .map(peak -> new PhasePeak(entry.getKey(), peak.getKey(), peak.getValue())))
            .toList();
    if (!peaks.isEmpty()) {
      transaction.update(
          PHASES,
          Columns.of(peaks, peak -> peak.held().job(), Long[]::new),
          Columns.of(peaks, peak -> peak.held().attempt(), Integer[]::new),
          Columns.of(peaks, PhasePeak::phase, Integer[]::new),
          Columns.of(peaks, PhasePeak::bytes, Long[]::new));
    }
  }
}
