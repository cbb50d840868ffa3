package dev.morphene.coordinator.claim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.Job;
import dev.morphene.coordinator.job.Jobs;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.json.ProtocolJson;
import java.util.Optional;

/**
 * What is delivered beside an exported model: where it comes from, out of what was recorded while
 * it was made. An empty object for other kinds of job.
 *
 * <pre>
 * {"batch": UUID, "exportJob": 9, "trainJob": 3,
 *  "instrument": {"number", "name", "tier", "musicalSource", "nonmusicalSource"},
 *  "adjustments": [{"attempt", "at", "words"}] after running out of memory,
 *  "recipe": {...as the trainer named it}, "train": {...its spec}, "steps": 1000,
 *  "attempts": [{"number", "worker", "device", "started", "ended", "outcome"}],
 *  "peakMemoryBytes": 123,
 *  "validation": {"count", "first": {"step", "phase", "distance"}, "last": {...}, "best": {...}}}
 * </pre>
 *
 * Members that are not known are absent.
 */
public final class Provenance {
  private static final String OF_TRAINING =
      """
      select jsonb_strip_nulls(jsonb_build_object(
        'trainJob', j.job_id,
        'train', j.spec - 'followUp',
        'adjustments', nullif(j.adjustments, '[]'),
        'recipe', (select a.recipe from attempt a
          where a.job_id = j.job_id and a.recipe is not null order by a.number desc limit 1),
        'steps', coalesce(j.result -> 'steps', j.progress -> 'step'),
        'attempts', (select jsonb_agg(jsonb_build_object(
            'number', a.number, 'worker', a.worker, 'device', coalesce(a.device, a.gpu),
            'started', a.granted_at, 'ended', a.ended_at, 'outcome', a.outcome) order by a.number)
          from attempt a where a.job_id = j.job_id),
        'peakMemoryBytes', j.peak_memory_bytes,
        'validation', (select jsonb_build_object(
            'count', count(*),
            'first', (array_agg(v.point order by v.step))[1],
            'last', (array_agg(v.point order by v.step desc))[1],
            'best', (array_agg(v.point order by v.distance, v.step))[1])
          from (select step, distance, jsonb_build_object(
            'step', step, 'phase', phase, 'distance', distance) as point
            from validation where job_id = j.job_id) v having count(*) > 0)
      ))::text as facts from job j where j.job_id = $1
      """;

  /** An export by itself names no training run; one that needs jobs may need one indirectly. */
  private static final String TRAINING_AMONG_NEEDS =
      """
      with recursive needed as (
        select need_id from job_need where job_id = $1
        union select n.need_id from job_need n join needed on n.job_id = needed.need_id
      )
      select j.job_id from needed join job j on j.job_id = needed.need_id
        where j.kind = 'train' order by j.job_id desc limit 1
      """;

  private final InstrumentCatalogue catalogue;

  public Provenance(InstrumentCatalogue catalogue) {
    this.catalogue = catalogue;
  }

  JsonNode of(Transaction transaction, Job job) {
    ObjectNode facts = ProtocolJson.mapper().createObjectNode();
    if (job.spec().kind() != JobKind.EXPORT) {
      return facts;
    }
    facts.put("batch", job.batch().toString());
    facts.put("exportJob", job.id().value());
    if (job.instrument().isPresent()) {
      catalogue
          .byNumber(job.instrument().getAsInt())
          .ifPresent(instrument -> facts.set("instrument", ProtocolJson.tree(instrument)));
    }
    training(transaction, job)
        .flatMap(train -> transaction.row(OF_TRAINING, train))
        .ifPresent(row -> facts.setAll(Jobs.parse(row.getString("facts"), ObjectNode.class)));
    return facts;
  }

  private static Optional<Long> training(Transaction transaction, Job job) {
    if (job.source().isPresent()) {
      return Optional.of(job.source().get().value());
    }
    return transaction
        .row(TRAINING_AMONG_NEEDS, job.id().value())
        .map(row -> row.getLong("job_id"));
  }
}
