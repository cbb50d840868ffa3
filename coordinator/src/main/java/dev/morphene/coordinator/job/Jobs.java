package dev.morphene.coordinator.job;

import dev.morphene.coordinator.database.Transaction;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.queue.QueueName;
import dev.morphene.protocol.spec.JobSpec;
import io.vertx.sqlclient.Row;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Rows of jobs. */
public final class Jobs {
  private static final String COLUMNS =
      "job_id, batch_id, name, instrument, priority, spec::text as spec, state, attempt,"
          + " retry_budget, failures, cancel_requested_at is not null as cancel_requested,"
          + " blocked_by, source_job_id";

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

  /** Inserts a job as pending, without an outbox row; {@link Needs#openIfReady} gives it one. */
  public static JobId insert(
      Transaction transaction,
      BatchId batch,
      String name,
      OptionalInt instrument,
      int priority,
      int retryBudget,
      Optional<JobId> source,
      JobSpec spec) {
    Row row =
        transaction
            .row(
                "insert into job (batch_id, name, kind, instrument, priority, spec, queue, state,"
                    + " retry_budget, source_job_id) values ($1, $2, $3, $4, $5, $6::text::jsonb,"
                    + " $7, 'pending', $8, $9) returning job_id",
                batch.value(),
                name,
                spec.kind().word(),
                instrument.isPresent() ? instrument.getAsInt() : null,
                priority,
                json(spec),
                QueueName.of(spec).value(),
                retryBudget,
                source.map(JobId::value).orElse(null))
            .orElseThrow();
    return new JobId(row.getLong("job_id"));
  }

  public static void need(
      Transaction transaction, JobId job, JobId need, boolean toleratesFailure) {
    transaction.update(
        "insert into job_need (job_id, need_id, tolerates_failure) values ($1, $2, $3)",
        job.value(),
        need.value(),
        toleratesFailure);
  }

  /** Asks the publishers to publish the job's attempt; asking twice is asking once. */
  static void enqueue(Transaction transaction, JobId job, AttemptNumber attempt) {
    transaction.update(
        "insert into outbox (job_id, attempt) values ($1, $2) on conflict do nothing",
        job.value(),
        attempt.value());
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
        Optional.ofNullable(row.getLong("blocked_by")).map(JobId::new),
        Optional.ofNullable(row.getLong("source_job_id")).map(JobId::new));
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
