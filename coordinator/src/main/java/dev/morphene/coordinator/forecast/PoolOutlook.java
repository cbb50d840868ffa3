package dev.morphene.coordinator.forecast;

import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.pool.Pool;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.placement.MemoryRule;
import dev.morphene.protocol.spec.JobSpec;
import dev.morphene.protocol.spec.TrainSpec;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that runs and waits at one moment, with what is known of run times: where forecasts of many
 * jobs begin.
 */
public final class PoolOutlook {
  private static final long MOST_WAITING = 2_000;

  private static final String WAITING =
      """
      select j.job_id, j.kind, j.priority, j.memory_bytes, j.side_by_side, j.recipe,
          (j.spec ->> 'maxSteps')::bigint - coalesce((j.progress ->> 'step')::bigint, 0) as steps,
          j.paused_at is not null as paused,
          array(select d.need_id from job_need d where d.job_id = j.job_id) as needs
        from job j where j.state in ('pending', 'queued', 'retrying')
        order by j.priority desc, j.ready_at nulls last, j.job_id limit $1
      """;

  private static final String RUNNING =
      """
      select job_id, now() + (progress ->> 'remainingMillis')::double precision
          * interval '1 millisecond' as expected_end from job where state = 'running'
      """;

  /** A job that waits, with its rank. */
  private record Ranked(int priority, PoolFuture.Task task) {}

  private final Instant now;
  private final List<StartForecast.Gpu> gpus;
  private final Map<JobId, Optional<Instant>> busy;
  private final List<Ranked> waiting;
  private final RunTimes runTimes;
  private final boolean complete;

  private PoolOutlook(
      Instant now,
      List<StartForecast.Gpu> gpus,
      Map<JobId, Optional<Instant>> busy,
      List<Ranked> waiting,
      RunTimes runTimes,
      boolean complete) {
    this.now = now;
    this.gpus = gpus;
    this.busy = busy;
    this.waiting = waiting;
    this.runTimes = runTimes;
    this.complete = complete;
  }

  /**
   * @param newRecipes whose run times will be asked for, beside those of what waits
   */
  public static PoolOutlook read(
      Transaction transaction, Pool pool, Collection<String> newRecipes) {
    Instant now =
        transaction.row("select now() as now").orElseThrow().getOffsetDateTime("now").toInstant();
    List<Row> rows = transaction.rows(WAITING, MOST_WAITING + 1);
    Set<String> recipes = new HashSet<>(newRecipes);
    rows.forEach(row -> Optional.ofNullable(row.getString("recipe")).ifPresent(recipes::add));
    RunTimes runTimes = RunTimes.read(transaction, recipes);
    Map<JobId, Optional<Instant>> busy = new LinkedHashMap<>();
    transaction
        .rows(RUNNING)
        .forEach(
            row ->
                busy.put(
                    new JobId(row.getLong("job_id")),
                    Optional.ofNullable(row.getOffsetDateTime("expected_end"))
                        .map(OffsetDateTime::toInstant)));
    List<Ranked> waiting = new ArrayList<>();
    for (Row row : rows) {
      if (row.getBoolean("paused")) {
        // What waits for it cannot be told.
        busy.put(new JobId(row.getLong("job_id")), Optional.empty());
      } else {
        waiting.add(new Ranked(row.getInteger("priority"), task(row, runTimes)));
      }
    }
    return new PoolOutlook(
        now, pool.gpus(transaction), busy, waiting, runTimes, rows.size() <= MOST_WAITING);
  }

  private static PoolFuture.Task task(Row row, RunTimes runTimes) {
    Optional<JobNeed> need =
        Optional.ofNullable(row.getLong("memory_bytes"))
            .map(bytes -> new JobNeed(new ByteSize(bytes), row.getInteger("side_by_side")));
    Set<JobId> waitsFor = new HashSet<>();
    for (Long id : row.getArrayOfLongs("needs")) {
      waitsFor.add(new JobId(id));
    }
    String recipe = row.getString("recipe");
    return new PoolFuture.Task(
        new JobId(row.getLong("job_id")),
        need,
        waitsFor,
        recipe == null
            ? runTimes.of(row.getString("kind"))
            : runTimes.ofTraining(recipe, row.getLong("steps")));
  }

  public Instant now() {
    return now;
  }

  public List<StartForecast.Gpu> gpus() {
    return gpus;
  }

  /** Of a job that is to be run from its beginning; empty when nothing like it was measured yet. */
  public Optional<Duration> runTime(JobSpec spec) {
    return spec instanceof TrainSpec train
        ? runTimes.ofTraining(train.recipe().key(), train.maxSteps())
        : runTimes.of(spec.kind().word());
  }

  /** Of what waits, where it is known. */
  Map<JobId, Duration> runTimes() {
    Map<JobId, Duration> known = new HashMap<>();
    waiting.forEach(
        ranked -> ranked.task().runTime().ifPresent(time -> known.put(ranked.task().job(), time)));
    return known;
  }

  /**
   * When the new ones would start and end behind what waits now with at least their priority; those
   * of which it cannot be told are left out.
   *
   * @param newcomers with their priorities, in order
   */
  public Map<JobId, PoolFuture.Outcome> with(
      MemoryRule rule, Map<PoolFuture.Task, Integer> newcomers) {
    if (!complete) {
      return Map.of();
    }
    List<Ranked> all = new ArrayList<>(waiting);
    newcomers.forEach((task, priority) -> all.add(new Ranked(priority, task)));
    all.sort((one, other) -> Integer.compare(other.priority(), one.priority()));
    return play(rule, all.stream().map(Ranked::task).toList());
  }

  /** When all that runs and waits has ended; empty when it cannot be told, or nothing does. */
  Optional<Instant> lastEnd(MemoryRule rule) {
    Map<JobId, PoolFuture.Outcome> outcomes =
        play(rule, waiting.stream().map(Ranked::task).toList());
    List<Optional<Instant>> ends = new ArrayList<>(busy.values());
    waiting.forEach(
        ranked ->
            ends.add(
                Optional.ofNullable(outcomes.get(ranked.task().job()))
                    .flatMap(PoolFuture.Outcome::end)));
    return complete && ends.stream().allMatch(Optional::isPresent)
        ? ends.stream().flatMap(Optional::stream).max(Instant::compareTo)
        : Optional.empty();
  }

  private Map<JobId, PoolFuture.Outcome> play(MemoryRule rule, List<PoolFuture.Task> tasks) {
    return new PoolFuture(rule, gpus, StartForecast.MOST_LOOKS).play(busy, tasks, now);
  }
}
