package dev.morphene.coordinator.memory;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.spec.JobSpec;
import dev.morphene.protocol.spec.TrainSpec;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What recipes need, learned in Postgres by recipe, phase and GPU model. Before a GPU is chosen the
 * hungriest model counts.
 */
public final class Envelopes {
  private static final int PHASES = 2;
  private static final long NEWEST_RUNS = 100;

  private static final String PEAKS =
      """
      with run as (
        select r.gpu_model, r.phase, r.peak_bytes, r.at,
            coalesce((j.spec ->> 'rehearse')::boolean, false) as rehearsed
          from envelope_run r left join job j on j.job_id = r.job_id where r.recipe = $1)
      select m.gpu_model, m.phase, array(select r.peak_bytes from run r
          where r.gpu_model = m.gpu_model and r.phase = m.phase and not r.rehearsed
          order by r.at desc limit $2) as peaks,
          (select max(r.peak_bytes) from run r where r.gpu_model = m.gpu_model
            and r.phase = m.phase and r.rehearsed) as rehearsed
        from (select distinct gpu_model, phase from run) m
      """;

  private final EnvelopeRule rule;

  public Envelopes(EnvelopeRule rule) {
    this.rule = rule;
  }

  /**
   * What a job is promised.
   *
   * @param need absent for kinds that need no GPU, as the recipe is
   */
  public record Promise(Optional<String> recipe, Optional<JobNeed> need) {}

  /** One for each spec, in order. */
  public List<Promise> promises(Transaction transaction, List<JobSpec> specs) {
    Map<String, JobNeed> known = new HashMap<>();
    List<Promise> promises = new ArrayList<>();
    for (JobSpec spec : specs) {
      if (spec instanceof TrainSpec train) {
        String recipe = train.recipe().key();
        JobNeed need =
            known.computeIfAbsent(
                recipe, key -> JobNeed.of(promised(transaction, key, train.expectedMemory())));
        promises.add(new Promise(Optional.of(recipe), Optional.of(need)));
      } else {
        promises.add(new Promise(Optional.empty(), Optional.empty()));
      }
    }
    return promises;
  }

  /** On the model of GPU that needs most. */
  private ByteSize promised(Transaction transaction, String recipe, ByteSize guide) {
    Map<String, ByteSize> byModel = byModel(transaction, recipe, guide);
    return byModel.values().stream().max(ByteSize::compareTo).orElse(guide);
  }

  /** What is known of each model of GPU, by its name; a model that is not there is not known. */
  private Map<String, ByteSize> byModel(Transaction transaction, String recipe, ByteSize guide) {
    Map<String, List<ByteSize>> phasesByModel = new TreeMap<>();
    for (Row row : transaction.rows(PEAKS, recipe, NEWEST_RUNS)) {
      List<ByteSize> peaks = new ArrayList<>();
      for (Long peak : row.getArrayOfLongs("peaks")) {
        peaks.add(new ByteSize(peak));
      }
      phasesByModel
          .computeIfAbsent(row.getString("gpu_model"), model -> new ArrayList<>())
          .add(rule.ofPhase(peaks, expected(row, guide)));
    }
    Map<String, ByteSize> floors = floors(transaction, recipe);
    floors.keySet().forEach(model -> phasesByModel.putIfAbsent(model, new ArrayList<>()));
    Map<String, ByteSize> needs = new TreeMap<>();
    phasesByModel.forEach(
        (model, phases) -> {
          if (phases.size() < PHASES) {
            // The phase that was never measured may be the hungry one.
            phases.add(guide);
          }
          needs.put(model, rule.ofJob(phases, Optional.ofNullable(floors.get(model))));
        });
    return needs;
  }

  /** A rehearsal of this recipe tells more than what the guide says of its config. */
  private ByteSize expected(Row row, ByteSize guide) {
    Long rehearsed = row.getLong("rehearsed");
    return rehearsed == null ? guide : rule.ofRehearsal(new ByteSize(rehearsed));
  }

  /** Whether anything was ever measured of a recipe, on any model of GPU. */
  public boolean isMeasured(Transaction transaction, String recipe) {
    return transaction
        .row("select 1 as one from envelope_run where recipe = $1 limit 1", recipe)
        .isPresent();
  }

  /**
   * Until enough runs were completed since: one out-of-memory that a stranger on the GPU caused
   * must not make the recipe large for ever.
   */
  private Map<String, ByteSize> floors(Transaction transaction, String recipe) {
    Map<String, ByteSize> floors = new HashMap<>();
    transaction
        .rows(
            "select gpu_model, floor_bytes from envelope_floor f where recipe = $1 and (select"
                + " count(distinct job_id) from envelope_run r where r.recipe = f.recipe and"
                + " r.gpu_model = f.gpu_model and r.at > f.at) < $2",
            recipe,
            (long) rule.enoughRuns())
        .forEach(
            row ->
                floors.put(row.getString("gpu_model"), new ByteSize(row.getLong("floor_bytes"))));
    return floors;
  }

  /** Learns from the completed attempt of a job; samples of killed attempts never count. */
  public void learn(Transaction transaction, JobId job, int attempt) {
    transaction.update(
        "insert into envelope_run (job_id, attempt, phase, recipe, gpu_model, peak_bytes) select"
            + " p.job_id, p.attempt, p.phase, j.recipe, a.gpu_model, p.peak_bytes from"
            + " attempt_phase p join job j on j.job_id = p.job_id join attempt a on a.job_id ="
            + " p.job_id and a.number = p.attempt where p.job_id = $1 and p.attempt = $2 and"
            + " j.recipe is not null and a.gpu_model is not null on conflict do nothing",
        job.value(),
        attempt);
  }

  /**
   * Learns from a completed rehearsal. Where the process's memory is the device's, what it says of
   * itself counts beside the samples, which may have missed a short phase.
   *
   * @param result of the job
   */
  public void learnRehearsal(Transaction transaction, JobId job, int attempt, JsonNode result) {
    for (JsonNode phase : result.path("phases")) {
      transaction.update(
          "insert into attempt_phase as p (job_id, attempt, phase, peak_bytes) select job_id,"
              + " number, $3, $4::bigint from attempt where job_id = $1 and number = $2 and"
              + " $4::bigint is not null and device = 'cpu' on conflict (job_id, attempt, phase) do"
              + " update set peak_bytes = greatest(p.peak_bytes, excluded.peak_bytes)",
          job.value(),
          attempt,
          phase.path("phase").asInt(),
          bytes(phase, "peakResidentBytes"));
    }
    learn(transaction, job, attempt);
  }

  private static Long bytes(JsonNode phase, String field) {
    return phase.path(field).isIntegralNumber() ? phase.path(field).asLong() : null;
  }

  /**
   * Raises what the recipe is promised on that model of GPU.
   *
   * @param observed the most that the job which ran out of memory was seen to hold
   * @param largest memory of the pool's largest GPU
   */
  public void grow(
      Transaction transaction,
      String recipe,
      String gpuModel,
      ByteSize promised,
      ByteSize observed,
      ByteSize largest) {
    transaction.update(
        "insert into envelope_floor (recipe, gpu_model, floor_bytes) values ($1, $2, $3) on"
            + " conflict (recipe, gpu_model) do update set floor_bytes ="
            + " greatest(envelope_floor.floor_bytes, excluded.floor_bytes), at = now()",
        recipe,
        gpuModel,
        rule.grown(promised, observed, largest).bytes());
  }
}
