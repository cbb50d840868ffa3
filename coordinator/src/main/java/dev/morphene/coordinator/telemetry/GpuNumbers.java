package dev.morphene.coordinator.telemetry;

import dev.morphene.coordinator.database.Columns;
import dev.morphene.coordinator.database.Database;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.message.TelemetryBatch;
import io.vertx.sqlclient.Row;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The numbers by which samples name GPUs, given by Postgres and remembered here. Thread safe. */
final class GpuNumbers {
  /** Twice the largest cluster; whoever names more GPUs than that costs statements, not memory. */
  private static final int MOST_REMEMBERED = 131_072;

  private static final long UNKNOWN = -1;

  private static final String NUMBER =
      """
      insert into gpu (worker, gpu, total_bytes)
        select s.worker, s.gpu, nullif(s.total, -1)
          from unnest($1::text[], $2::text[], $3::bigint[]) as s (worker, gpu, total)
        on conflict (worker, gpu)
          do update set total_bytes = coalesce(excluded.total_bytes, gpu.total_bytes)
        returning worker, gpu, gpu_id, coalesce(total_bytes, -1) as total
      """;

  record Gpu(WorkerId worker, GpuUuid gpu) implements Comparable<Gpu> {
    @Override
    public int compareTo(Gpu other) {
      int byWorker = worker.value().compareTo(other.worker.value());
      return byWorker != 0 ? byWorker : gpu.value().compareTo(other.gpu.value());
    }
  }

  private record Numbered(int number, long totalBytes) {}

  private final Database database;
  private final Map<Gpu, Numbered> known = new ConcurrentHashMap<>();

  GpuNumbers(Database database) {
    this.database = database;
  }

  /** The number of every GPU that the batches name. */
  Map<Gpu, Integer> of(Collection<TelemetryBatch> batches) {
    Map<Gpu, Integer> numbers = new HashMap<>();
    SortedMap<Gpu, Long> missing = new TreeMap<>();
    for (TelemetryBatch batch : batches) {
      batch.jobs().forEach(sample -> find(batch.worker(), sample.gpu(), UNKNOWN, numbers, missing));
      batch
          .gpus()
          .forEach(
              sample ->
                  find(batch.worker(), sample.gpu(), sample.total().bytes(), numbers, missing));
    }
    if (!missing.isEmpty()) {
      give(missing, numbers);
    }
    return numbers;
  }

  private void find(
      WorkerId worker,
      GpuUuid uuid,
      long totalBytes,
      Map<Gpu, Integer> numbers,
      SortedMap<Gpu, Long> missing) {
    Gpu gpu = new Gpu(worker, uuid);
    Numbered numbered = known.get(gpu);
    if (numbered != null && (totalBytes == UNKNOWN || totalBytes == numbered.totalBytes)) {
      numbers.put(gpu, numbered.number);
    } else {
      missing.merge(gpu, totalBytes, Math::max);
    }
  }

  private void give(SortedMap<Gpu, Long> missing, Map<Gpu, Integer> numbers) {
    List<Row> rows =
        database.transact(
            transaction ->
                transaction.rows(
                    NUMBER,
                    Columns.of(missing.keySet(), gpu -> gpu.worker().value(), String[]::new),
                    Columns.of(missing.keySet(), gpu -> gpu.gpu().value(), String[]::new),
                    Columns.of(missing.values(), total -> total, Long[]::new)));
    if (known.size() + rows.size() > MOST_REMEMBERED) {
      known.clear();
    }
    for (Row row : rows) {
      Gpu gpu = new Gpu(new WorkerId(row.getString("worker")), new GpuUuid(row.getString("gpu")));
      numbers.put(gpu, row.getInteger("gpu_id"));
      known.put(gpu, new Numbered(row.getInteger("gpu_id"), row.getLong("total")));
    }
  }
}
