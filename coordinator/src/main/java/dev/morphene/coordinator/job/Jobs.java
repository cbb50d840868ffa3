package dev.morphene.coordinator.job;

import dev.morphene.coordinator.database.Columns;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.memory.Envelopes;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.spec.JobSpec;
import io.vertx.sqlclient.Row;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Pattern;

/** Rows of jobs. */
public final class Jobs {
  private static final String COLUMNS =
      "job_id, batch_id, name, instrument, priority, spec::text as spec, state, attempt,"
          + " retry_budget, failures, cancel_requested_at is not null as cancel_requested,"
          + " paused_at is not null as paused, blocked_by, source_job_id, memory_bytes,"
          + " side_by_side, recipe";

  private static final String INSERT =
      """
      with placed as (
        insert into job (batch_id, name, kind, instrument, priority, spec, queue, state,
            retry_budget, source_job_id, memory_bytes, side_by_side, recipe, ready_at)
          select batch_id, name, kind, instrument, priority, spec::jsonb, queue, 'pending',
            retry_budget, source_job_id, memory_bytes, side_by_side, recipe,
            case when ready then now() end
            from unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $5::integer[],
              $6::text[], $7::text[], $8::integer[], $9::bigint[], $10::bigint[], $11::integer[],
              $12::text[], $13::boolean[]) with ordinality as n (batch_id, name, kind, instrument,
              priority, spec, queue, retry_budget, source_job_id, memory_bytes, side_by_side,
              recipe, ready, place) order by place
          returning job_id, batch_id, name, attempt, queue, size, priority, ready_at
      ), published as (
        insert into outbox (job_id, attempt, queue, size, batch_id, urgency)
          select job_id, attempt, queue, size, batch_id, -priority from placed
            where ready_at is not null order by job_id
      )
      select job_id, batch_id, name from placed order by job_id
      """;

  private static final int ANY_NUMBER = 3;

  private static final Pattern ESCAPED_ZERO = Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*)\\\\u0000");

  private Jobs() {}

  /** Reads a job and locks it until the transaction ends. */
  public static Optional<Job> lock(Transaction transaction, JobId id) {
    return transaction
        .row("select " + COLUMNS + " from job where job_id = $1 for update", id.value())
        .map(Jobs::read);
  }

  /** Reads a job without a lock. */
  public static Optional<Job> find(Transaction transaction, JobId id) {
    return transaction
        .row("select " + COLUMNS + " from job where job_id = $1", id.value())
        .map(Jobs::read);
  }

  /**
   * Reads jobs and locks them until the transaction ends, in order of id; unknown ones are left
   * out.
   */
  public static Map<JobId, Job> lockAll(Transaction transaction, Collection<JobId> ids) {
    Map<JobId, Job> jobs = new LinkedHashMap<>();
    transaction
        .rows(
            "select " + COLUMNS + " from job where job_id = any($1) order by job_id for update",
            (Object) ids.stream().map(JobId::value).distinct().toArray(Long[]::new))
        .forEach(
            row -> {
              Job job = read(row);
              jobs.put(job.id(), job);
            });
    return jobs;
  }

  /**
   * Inserts jobs as pending. Those that are ready get their outbox rows with it; {@link
   * Needs#openIfReady} gives the others theirs.
   *
   * @return ids by name
   */
  static Map<String, JobId> insert(
      Transaction transaction, BatchId batch, List<NewJob> jobs, Envelopes envelopes) {
    return insert(transaction, Map.of(batch, jobs), envelopes).get(batch);
  }

  /**
   * As {@link #insert(Transaction, BatchId, List, Envelopes)}, for many batches with one statement.
   */
  static Map<BatchId, Map<String, JobId>> insert(
      Transaction transaction, Map<BatchId, List<NewJob>> jobsByBatch, Envelopes envelopes) {
    Map<BatchId, Map<String, JobId>> ids = new LinkedHashMap<>();
    List<UUID> batches = new ArrayList<>();
    List<NewJob> jobs = new ArrayList<>();
    jobsByBatch.forEach(
        (batch, members) -> {
          ids.put(batch, new LinkedHashMap<>());
          batches.addAll(Collections.nCopies(members.size(), batch.value()));
          jobs.addAll(members);
        });
    List<Envelopes.Promise> promises =
        envelopes.promises(transaction, jobs.stream().map(NewJob::spec).toList());
    List<Optional<JobNeed>> needs = promises.stream().map(Envelopes.Promise::need).toList();
    for (Row row :
        transaction.rows(
            INSERT,
            batches.toArray(UUID[]::new),
            Columns.of(jobs, NewJob::name, String[]::new),
            Columns.of(jobs, job -> job.spec().kind().word(), String[]::new),
            Columns.of(jobs, job -> boxed(job.instrument()), Integer[]::new),
            Columns.of(jobs, NewJob::priority, Integer[]::new),
            Columns.of(jobs, job -> json(job.spec()), String[]::new),
            queues(jobs, needs),
            Columns.of(jobs, NewJob::retryBudget, Integer[]::new),
            Columns.of(jobs, job -> job.source().map(JobId::value).orElse(null), Long[]::new),
            Columns.of(
                needs, need -> need.map(size -> size.memory().bytes()).orElse(null), Long[]::new),
            Columns.of(
                needs, need -> need.map(JobNeed::sideBySide).orElse(ANY_NUMBER), Integer[]::new),
            Columns.of(promises, promise -> promise.recipe().orElse(null), String[]::new),
            Columns.of(jobs, NewJob::ready, Boolean[]::new))) {
      ids.get(new BatchId(row.getUUID("batch_id")))
          .put(row.getString("name"), new JobId(row.getLong("job_id")));
    }
    return ids;
  }

  private static String[] queues(List<NewJob> jobs, List<Optional<JobNeed>> needs) {
    String[] queues = new String[jobs.size()];
    for (int i = 0; i < queues.length; i++) {
      queues[i] = QueueName.of(jobs.get(i).spec().kind(), needs.get(i)).value();
    }
    return queues;
  }

  private static Integer boxed(OptionalInt value) {
    return value.isPresent() ? value.getAsInt() : null;
  }

  public static void need(
      Transaction transaction, JobId job, JobId need, boolean toleratesFailure) {
    transaction.update(
        "insert into job_need (job_id, need_id, tolerates_failure) values ($1, $2, $3)",
        job.value(),
        need.value(),
        toleratesFailure);
  }

  /**
   * Asks the publishers to publish the jobs' attempts; asking twice is asking once. Paused ones are
   * left out: their resumption asks for them.
   */
  static void enqueue(Transaction transaction, Collection<JobId> jobs) {
    transaction.update(
        "with ready as (update job set ready_at = now() where job_id = any($1) and paused_at is"
            + " null returning job_id, attempt, queue, size, batch_id, priority) insert into outbox"
            + " (job_id, attempt, queue, size, batch_id, urgency) select job_id, attempt, queue,"
            + " size, batch_id, -priority from ready order by job_id on conflict do nothing",
        (Object) jobs.stream().map(JobId::value).toArray(Long[]::new));
  }

  /**
   * Gives jobs other memory; what is published of them finds its queue with the next attempt.
   *
   * @param need replaces the promise
   */
  static void promise(Transaction transaction, Job job, JobSpec spec, JobNeed need, String recipe) {
    transaction.update(
        "update job set memory_bytes = $2, side_by_side = $3, recipe = $4, queue = $5, spec ="
            + " $6::text::jsonb where job_id = $1",
        job.id().value(),
        need.memory().bytes(),
        need.sideBySide(),
        recipe,
        QueueName.of(spec.kind(), Optional.of(need)).value(),
        json(spec));
  }

  private static Job read(Row row) {
    Integer instrument = row.getInteger("instrument");
    return new Job(
        new JobId(row.getLong("job_id")),
        new BatchId(row.getUUID("batch_id")),
        row.getString("name"),
        instrument == null ? OptionalInt.empty() : OptionalInt.of(instrument),
        row.getInteger("priority"),
        parse(row.getString("spec"), JobSpec.class),
        JobState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        new AttemptNumber(row.getInteger("attempt")),
        row.getInteger("retry_budget"),
        row.getInteger("failures"),
        row.getBoolean("cancel_requested"),
        row.getBoolean("paused"),
        Optional.ofNullable(row.getLong("blocked_by")).map(JobId::new),
        Optional.ofNullable(row.getLong("source_job_id")).map(JobId::new),
        Optional.ofNullable(row.getLong("memory_bytes"))
            .map(bytes -> new JobNeed(new ByteSize(bytes), row.getInteger("side_by_side"))),
        Optional.ofNullable(row.getString("recipe")));
  }

  /** As Postgres takes it: text that is cast to jsonb, without the zero character it refuses. */
  public static String json(Object value) {
    String json = new String(ProtocolJson.write(value), StandardCharsets.UTF_8);
    return ESCAPED_ZERO.matcher(json).replaceAll("$1");
  }

  /** What this program wrote itself; that it cannot be read is a fault of ours. */
  public static <T> T parse(String json, Class<T> type) {
    try {
      return ProtocolJson.read(json.getBytes(StandardCharsets.UTF_8), type);
    } catch (MalformedMessage fault) {
      throw new IllegalStateException(
          "A stored " + type.getSimpleName() + " is unreadable.", fault);
    }
  }
}
