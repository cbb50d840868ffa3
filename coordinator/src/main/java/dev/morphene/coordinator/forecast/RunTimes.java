package dev.morphene.coordinator.forecast;

import dev.morphene.coordinator.database.Transaction;
import dev.morphene.protocol.job.JobKind;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How long jobs run: trainings by the speed of completed runs of the same recipe, or where there is
 * none by the speed of those that run now; other kinds as long as the last ones of their kind took.
 */
public final class RunTimes {
  private static final String COMPLETED_TRAININGS =
      """
      select c.recipe, sum(c.steps) / sum(c.seconds) as speed from (
        select j.recipe, (j.spec ->> 'maxSteps')::double precision as steps, (
            select extract(epoch from sum(a.ended_at - a.granted_at))::double precision
              from attempt a where a.job_id = j.job_id) as seconds
          from unnest($1::text[]) as r (recipe) cross join lateral (
            select job_id, recipe, spec from job
              where kind = 'train' and state = 'completed' and recipe = r.recipe
              order by ended_at desc limit 20) j) c
        where c.seconds > 0 group by c.recipe
      """;

  private static final String RUNNING_TRAININGS =
      """
      select recipe, avg((progress ->> 'stepsPerSecond')::double precision) as speed from job
        where state = 'running' and recipe = any($1)
          and (progress ->> 'stepsPerSecond')::double precision > 0 group by recipe
      """;

  private static final String OTHER_KINDS =
      """
      select k.kind, avg(c.seconds) as seconds from unnest($1::text[]) as k (kind)
        cross join lateral (
          select (select extract(epoch from sum(a.ended_at - a.granted_at))::double precision
              from attempt a where a.job_id = j.job_id) as seconds
            from job j where kind = k.kind and recipe is null and state = 'completed'
            order by ended_at desc limit 50) c
        where c.seconds >= 0 group by k.kind
      """;

  /** What would run longer is not predicted. */
  private static final double LONGEST_SECONDS = Duration.ofDays(3_650).toSeconds();

  private final Map<String, Double> speedByRecipe = new HashMap<>();
  private final Map<String, Double> secondsByKind = new HashMap<>();

  private RunTimes() {}

  static RunTimes read(Transaction transaction, Collection<String> recipes) {
    RunTimes times = new RunTimes();
    String[] asked = recipes.stream().distinct().toArray(String[]::new);
    for (String sql : new String[] {COMPLETED_TRAININGS, RUNNING_TRAININGS}) {
      transaction
          .rows(sql, (Object) asked)
          .forEach(
              row ->
                  times.speedByRecipe.putIfAbsent(row.getString("recipe"), row.getDouble("speed")));
    }
    transaction
        .rows(
            OTHER_KINDS,
            (Object)
                new String[] {
                  JobKind.PREPROCESS.word(), JobKind.AUDIT.word(), JobKind.EXPORT.word()
                })
        .forEach(row -> times.secondsByKind.put(row.getString("kind"), row.getDouble("seconds")));
    return times;
  }

  /** Of a training that has so many steps before it. */
  Optional<Duration> ofTraining(String recipe, long steps) {
    Double speed = speedByRecipe.get(recipe);
    return speed == null || speed <= 0 ? Optional.empty() : duration(Math.max(0, steps) / speed);
  }

  Optional<Duration> of(String kind) {
    Double seconds = secondsByKind.get(kind);
    return seconds == null ? Optional.empty() : duration(seconds);
  }

  private static Optional<Duration> duration(double seconds) {
    return seconds <= LONGEST_SECONDS
        ? Optional.of(Duration.ofMillis(Math.round(seconds * 1_000)))
        : Optional.empty();
  }
}
