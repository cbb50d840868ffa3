package dev.morphene.coordinator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.Jobs;
import dev.morphene.coordinator.telemetry.TelemetryLoss;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.json.ProtocolJson;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the API shows, read in one statement each. */
public final class Views {
  /** A queued job shows as pending: that a message is under way is an inner matter. */
  private static final String SUMMARY =
      """
      jsonb_strip_nulls(jsonb_build_object(
        'id', j.job_id, 'batch', j.batch_id, 'name', j.name, 'kind', j.kind,
        'instrument', j.instrument, 'priority', j.priority,
        'state', case j.state when 'queued' then 'pending' else j.state end,
        'attempt', j.attempt, 'cancelRequested', j.cancel_requested_at is not null,
        'paused', j.paused_at is not null and j.state in ('pending', 'queued', 'retrying'),
        'worker', (select a.worker from attempt a where a.job_id = j.job_id
          and a.number = j.attempt),
        'gpu', (select a.gpu from attempt a where a.job_id = j.job_id and a.number = j.attempt),
        'waitsFor', case when j.state = 'pending' then (
          select jsonb_agg(n.job_id order by n.job_id) from job_need d
            join job n on n.job_id = d.need_id where d.job_id = j.job_id
            and n.state not in ('completed', 'failed', 'cancelled')) end,
        'retryAt', case when j.state = 'retrying' then j.not_before end,
        'progress', j.progress - 'type',
        'error', case when j.error_class is not null then jsonb_build_object(
          'class', j.error_class, 'message', j.error_message,
          'evidence', coalesce(j.error_evidence, '[]'), 'suggestedFix', j.suggested_fix) end,
        'peakMemoryBytes', j.peak_memory_bytes,
        'promisedMemoryBytes', j.memory_bytes,
        'createdAt', j.created_at, 'startedAt', j.started_at, 'endedAt', j.ended_at))
      """;

  private static final String DETAIL =
      """
      jsonb_strip_nulls(jsonb_build_object(
        'retryBudget', j.retry_budget, 'failures', j.failures, 'sourceJob', j.source_job_id,
        'result', j.result, 'recipe', j.recipe, 'sideBySide', case when j.memory_bytes is not null
          then j.side_by_side end, 'adjustments', j.adjustments,
        'needs', coalesce((select jsonb_agg(jsonb_build_object('job', n.job_id, 'name', n.name,
            'state', case n.state when 'queued' then 'pending' else n.state end,
            'mayFail', d.tolerates_failure) order by n.job_id)
          from job_need d join job n on n.job_id = d.need_id where d.job_id = j.job_id), '[]'),
        'attempts', coalesce((select jsonb_agg(jsonb_build_object(
            'number', a.number, 'worker', a.worker, 'gpu', a.gpu, 'device', a.device,
            'grantedAt', a.granted_at, 'startedAt', a.started_at, 'endedAt', a.ended_at,
            'leaseUntil', case when a.outcome is null then a.lease_until end,
            'outcome', coalesce(a.outcome, 'running'), 'errorClass', a.error_class,
            'errorMessage', a.error_message, 'peakMemoryBytes', a.peak_memory_bytes,
            'recipe', a.recipe,
            'memory', case when a.memory_samples > 0 then jsonb_build_object(
              'samples', a.memory_samples, 'minBytes', a.memory_min_bytes,
              'meanBytes', round(a.memory_sum_bytes / a.memory_samples),
              'maxBytes', a.memory_max_bytes) end) order by a.number)
          from attempt a where a.job_id = j.job_id), '[]'),
        'memory', (select jsonb_build_object('samples', sum(a.memory_samples),
            'minBytes', min(a.memory_min_bytes),
            'meanBytes', round(sum(a.memory_sum_bytes) / sum(a.memory_samples)),
            'maxBytes', max(a.memory_max_bytes))
          from attempt a where a.job_id = j.job_id and a.memory_samples > 0
          having sum(a.memory_samples) > 0),
        'validations', coalesce((select jsonb_agg(jsonb_build_object('step', v.step,
            'phase', v.phase, 'distance', v.distance, 'measures', v.measures, 'at', v.at)
            order by v.step) from validation v where v.job_id = j.job_id), '[]'),
        'checkpoints', coalesce((select jsonb_agg(jsonb_build_object('step', c.step,
            'phase', c.phase, 'path', c.path, 'sha256', c.sha256, 'sizeBytes', c.size_bytes,
            'at', c.stored_at) order by c.step, c.stored_at)
          from checkpoint c where c.job_id = j.job_id), '[]'),
        'warnings', coalesce((select jsonb_agg(jsonb_build_object('attempt', e.attempt,
            'message', e.report ->> 'message', 'at', e.at) order by e.event_id)
          from event e where e.job_id = j.job_id and e.type in ('warned', 'health-noticed')
            and e.refused is null),
          '[]')))
        || jsonb_build_object('spec', j.spec)
      """;

  private static final String COUNTS =
      """
      (select coalesce(jsonb_object_agg(s.state, s.jobs), '{}') from (
        select case state when 'queued' then 'pending' else state end as state, count(*) as jobs
          from job where batch_id = b.batch_id group by 1) s)
      """;

  private final Database database;
  private final InstrumentCatalogue catalogue;
  private final Duration nodeSilence;

  /**
   * @param nodeSilence a node that was not heard of for longer shows as not alive
   */
  public Views(Database database, InstrumentCatalogue catalogue, Duration nodeSilence) {
    this.database = database;
    this.catalogue = catalogue;
    this.nodeSilence = nodeSilence;
  }

  boolean has(JobId id) {
    return database.transact(
        transaction ->
            transaction.row("select 1 from job where job_id = $1", id.value()).isPresent());
  }

  Optional<ObjectNode> job(JobId id) {
    return database.transact(
        transaction ->
            transaction
                .row(
                    "select ("
                        + SUMMARY
                        + " || "
                        + DETAIL
                        + ")::text as view from job j where"
                        + " j.job_id = $1",
                    id.value())
                .map(this::withInstrument));
  }

  /**
   * @param state as shown; empty for all
   */
  ObjectNode jobs(Optional<String> state, Optional<BatchId> batch, int limit) {
    return database.transact(
        transaction -> {
          ObjectNode answer = ProtocolJson.mapper().createObjectNode();
          answer.set("jobs", jobs(transaction, state, batch, limit));
          return answer;
        });
  }

  Optional<ObjectNode> batch(BatchId id) {
    return database.transact(
        transaction ->
            transaction
                .row(
                    "select jsonb_build_object('batch', b.batch_id, 'name', b.name, 'createdAt',"
                        + " b.created_at, 'counts', "
                        + COUNTS
                        + ")::text as view from batch b where b.batch_id = $1",
                    id.value())
                .map(
                    row -> {
                      ObjectNode answer = node(row);
                      answer.set(
                          "jobs",
                          jobs(transaction, Optional.empty(), Optional.of(id), Integer.MAX_VALUE));
                      return answer;
                    }));
  }

  /** The newest first. */
  ObjectNode batches(int limit) {
    return list(
        "batches",
        "select jsonb_build_object('batch', b.batch_id, 'name', b.name, 'createdAt', b.created_at,"
            + " 'counts', "
            + COUNTS
            + ")::text as view from batch b order by b.created_at desc limit $1",
        (long) limit);
  }

  /** What nodes said; the log has what the coordinator did, too. */
  ObjectNode events(JobId job, long after, int limit) {
    return list(
        "events",
        "select jsonb_strip_nulls(jsonb_build_object('id', event_id, 'attempt', attempt,"
            + " 'sequence', sequence, 'worker', worker, 'at', at, 'type', type, 'report', report,"
            + " 'refused', refused))::text as view from event where job_id = $1 and event_id > $2"
            + " and sequence > 0 order by event_id limit $3",
        job.value(),
        after,
        (long) limit);
  }

  ObjectNode nodes() {
    return list(
        "nodes",
        "select jsonb_strip_nulls(jsonb_build_object('worker', worker, 'host', host, 'kinds',"
            + " kinds, 'devices', devices, 'running', running, 'draining', draining or"
            + " drain_requested_at is not null, 'alive', last_seen_at > now() - $1 * interval '1"
            + " millisecond', 'firstSeenAt', first_seen_at, 'lastSeenAt', last_seen_at,"
            + " 'quarantine', case when quarantined_at is not null then"
            + " jsonb_build_object('reason', quarantine_reason, 'since', quarantined_at) end,"
            + " 'telemetry', (select jsonb_build_object('samples', coalesce(sum(t.samples), 0),"
            + " 'batchesLost', coalesce(sum(t.newest_sequence - t.batches), 0),"
            + " 'samplesLostAtNode', coalesce(sum(t.samples_lost_at_node), 0), 'storedAt',"
            + " max(t.updated_at)) from node_telemetry t where t.worker = worker.worker)))::text as"
            + " view from worker order by worker",
        nodeSilence.toMillis());
  }

  /** Throws when the database does not answer. */
  TelemetryLoss telemetry() {
    return database.transact(TelemetryLoss::read);
  }

  private ArrayNode jobs(
      Transaction transaction, Optional<String> state, Optional<BatchId> batch, int limit) {
    List<Row> rows =
        transaction.rows(
            "select ("
                + SUMMARY
                + ")::text as view from job j where ($1::text is null or case j.state when 'queued'"
                + " then 'pending' else j.state end = $1) and ($2::uuid is null or j.batch_id = $2)"
                + " order by j.job_id limit $3",
            state.orElse(null),
            batch.map(BatchId::value).orElse(null),
            (long) limit);
    ArrayNode jobs = ProtocolJson.mapper().createArrayNode();
    rows.forEach(row -> jobs.add(withInstrument(row)));
    return jobs;
  }

  private ObjectNode list(String name, String sql, Object... parameters) {
    return database.transact(
        transaction -> {
          ObjectNode answer = ProtocolJson.mapper().createObjectNode();
          ArrayNode entries = answer.putArray(name);
          transaction.rows(sql, parameters).forEach(row -> entries.add(node(row)));
          return answer;
        });
  }

  /** The number alone says little to a person. */
  private ObjectNode withInstrument(Row row) {
    ObjectNode view = node(row);
    if (view.has("instrument")) {
      catalogue
          .byNumber(view.get("instrument").asInt())
          .ifPresent(instrument -> view.set("instrument", ProtocolJson.tree(instrument)));
    }
    return view;
  }

  private static ObjectNode node(Row row) {
    return Jobs.parse(row.getString("view"), ObjectNode.class);
  }
}
