package dev.morphene.coordinator.event;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.Job;
import dev.morphene.coordinator.job.JobLife;
import dev.morphene.coordinator.job.Jobs;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.message.AttemptEvent;
import dev.morphene.protocol.message.AttemptReport;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stores each event once and does what it means, in one transaction. An event of an attempt that is
 * over, or of a worker that does not hold it, is stored with the reason and changes nothing.
 */
public final class Events {

  /** What became of an event. */
  public enum Outcome {
    APPLIED,
    /** Stored before. */
    DUPLICATE,
    /** Stored with the reason why it changes nothing. */
    REFUSED
  }

  private final Database database;
  private final JobLife life;
  private final AtomicLong applied = new AtomicLong();
  private final AtomicLong duplicates = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  public Events(Database database, JobLife life) {
    this.database = database;
    this.life = life;
  }

  public Outcome store(AttemptEvent event) {
    Outcome outcome = database.transact(transaction -> store(transaction, event));
    switch (outcome) {
      case APPLIED -> applied.incrementAndGet();
      case DUPLICATE -> duplicates.incrementAndGet();
      case REFUSED -> refused.incrementAndGet();
    }
    return outcome;
  }

  public long applied() {
    return applied.get();
  }

  public long duplicates() {
    return duplicates.get();
  }

  public long refused() {
    return refused.get();
  }

  private Outcome store(Transaction transaction, AttemptEvent event) {
    Optional<Job> found = Jobs.lock(transaction, event.attempt().job());
    Optional<String> objection =
        found.isEmpty()
            ? Optional.of("There is no such job.")
            : objection(transaction, found.get(), event);
    int inserted =
        transaction.update(
            "insert into event (job_id, attempt, sequence, worker, at, type, report, refused)"
                + " values ($1, $2, $3, $4, $5, $6::text::jsonb ->> 'type', $6::text::jsonb, $7) on"
                + " conflict (job_id, attempt, sequence) do nothing",
            event.attempt().job().value(),
            event.attempt().attempt().value(),
            event.sequence(),
            event.worker().value(),
            time(event.at()),
            Jobs.json(event.report()),
            objection.orElse(null));
    if (inserted == 0) {
      return Outcome.DUPLICATE;
    }
    if (objection.isPresent()) {
      return Outcome.REFUSED;
    }
    apply(transaction, found.get(), event);
    return Outcome.APPLIED;
  }

  private static Optional<String> objection(Transaction transaction, Job job, AttemptEvent event) {
    Optional<Row> attempt =
        transaction.row(
            "select worker, outcome from attempt where job_id = $1 and number = $2 for update",
            event.attempt().job().value(),
            event.attempt().attempt().value());
    if (attempt.isEmpty()) {
      return Optional.of("The attempt was never granted.");
    }
    if (!attempt.get().getString("worker").equals(event.worker().value())) {
      return Optional.of("Another worker holds the attempt.");
    }
    String outcome = attempt.get().getString("outcome");
    if (outcome != null || !job.attempt().equals(event.attempt().attempt())) {
      return Optional.of("The attempt is over: " + outcome + ".");
    }
    return job.state() == JobState.RUNNING
        ? Optional.empty()
        : Optional.of("The job is " + job.state().word() + ".");
  }

  private void apply(Transaction transaction, Job job, AttemptEvent event) {
    AttemptReport report = event.report();
    if (report instanceof AttemptReport.Started started) {
      transaction.update(
          "update attempt set started_at = $3, device = $4, recipe = $5::text::jsonb where job_id ="
              + " $1 and number = $2",
          job.id().value(),
          job.attempt().value(),
          time(event.at()),
          started.device(),
          Jobs.json(started.recipe()));
    } else if (report instanceof AttemptReport.Progressed progressed) {
      progress(transaction, job, event, progressed);
    } else if (report instanceof AttemptReport.Validated validated) {
      transaction.update(
          "insert into validation (job_id, step, attempt, phase, distance, measures, at) values"
              + " ($1, $2, $3, $4, $5, $6::text::jsonb, $7) on conflict (job_id, step) do update"
              + " set attempt = excluded.attempt, phase = excluded.phase, distance ="
              + " excluded.distance, measures = excluded.measures, at = excluded.at",
          job.id().value(),
          validated.step(),
          job.attempt().value(),
          validated.phase(),
          validated.distance(),
          Jobs.json(validated.measures()),
          time(event.at()));
    } else if (report instanceof AttemptReport.CheckpointStored stored) {
      transaction.update(
          "insert into checkpoint (job_id, path, attempt, step, phase, sha256, size_bytes,"
              + " stored_at) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (job_id, path) do"
              + " update set attempt = excluded.attempt, step = excluded.step, phase ="
              + " excluded.phase, sha256 = excluded.sha256, size_bytes = excluded.size_bytes,"
              + " stored_at = excluded.stored_at",
          job.id().value(),
          stored.path(),
          job.attempt().value(),
          stored.step(),
          stored.phase(),
          stored.sha256(),
          stored.size().bytes(),
          time(event.at()));
    } else if (report instanceof AttemptReport.Completed completed) {
      life.complete(transaction, job, completed);
    } else if (report instanceof AttemptReport.Failed failed) {
      life.fail(transaction, job, failed);
    } else if (report instanceof AttemptReport.GivenBack givenBack) {
      life.giveBack(transaction, job, givenBack);
    }
    // A warning is read from the stored events.
  }

  private static void progress(
      Transaction transaction, Job job, AttemptEvent event, AttemptReport.Progressed progressed) {
    transaction.update(
        "update job set progress = $4::text::jsonb, progress_attempt = $2, progress_sequence = $3"
            + " where job_id = $1 and (progress_attempt, progress_sequence) < ($2, $3)",
        job.id().value(),
        job.attempt().value(),
        event.sequence(),
        Jobs.json(progressed));
    transaction.update(
        "update attempt set peak_memory_bytes = greatest(peak_memory_bytes, $3) where job_id = $1"
            + " and number = $2",
        job.id().value(),
        job.attempt().value(),
        progressed.memory().bytes());
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
