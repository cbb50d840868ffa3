package dev.morphene.coordinator.event;

import dev.morphene.coordinator.database.Columns;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.Job;
import dev.morphene.coordinator.job.JobLife;
import dev.morphene.coordinator.job.Jobs;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.job.AttemptNumber;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.message.AttemptEvent;
import dev.morphene.protocol.message.AttemptReport;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stores events, each once, and does what they mean, many in one transaction. An event of an
 * attempt that is over, or of a worker that does not hold it, is stored with the reason and changes
 * nothing.
 */
public final class Events {
  private static final String ATTEMPTS =
      """
      select a.job_id, a.number, a.worker, a.outcome from attempt a
        join unnest($1::bigint[], $2::integer[]) as e (job_id, number)
          on a.job_id = e.job_id and a.number = e.number
        order by a.job_id, a.number for update of a
      """;

  private static final String INSERT =
      """
      insert into event (job_id, attempt, sequence, worker, at, type, report, refused)
        select e.job_id, e.attempt, e.sequence, e.worker, e.at, e.report::jsonb ->> 'type',
          e.report::jsonb, e.refused
          from unnest($1::bigint[], $2::integer[], $3::bigint[], $4::text[], $5::timestamptz[],
            $6::text[], $7::text[]) with ordinality
            as e (job_id, attempt, sequence, worker, at, report, refused, place) order by e.place
        on conflict (job_id, attempt, sequence) do nothing
        returning job_id, attempt, sequence
      """;

  private record Key(AttemptId attempt, long sequence) {
    static Key of(AttemptEvent event) {
      return new Key(event.attempt(), event.sequence());
    }
  }

  private record Holder(String worker, Optional<String> outcome) {}

  private record Judged(AttemptEvent event, Optional<String> objection) {}

  private final Database database;
  private final JobLife life;
  private final EventEffects effects = new EventEffects();
  private final AtomicLong applied = new AtomicLong();
  private final AtomicLong duplicates = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  public Events(Database database, JobLife life) {
    this.database = database;
    this.life = life;
  }

  private record Outcome(int applied, int duplicates, int refused) {}

  /** In order; the same event again changes nothing. */
  public void store(List<AttemptEvent> events) {
    Outcome outcome = database.transact(transaction -> store(transaction, events));
    applied.addAndGet(outcome.applied());
    duplicates.addAndGet(outcome.duplicates());
    refused.addAndGet(outcome.refused());
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

  private Outcome store(Transaction transaction, List<AttemptEvent> events) {
    Map<JobId, Job> jobs =
        Jobs.lockAll(transaction, events.stream().map(event -> event.attempt().job()).toList());
    Map<AttemptId, Holder> holders = holders(transaction, events);
    List<Judged> judged = new ArrayList<>();
    Set<AttemptId> ended = new HashSet<>();
    Set<Key> seen = new HashSet<>();
    for (AttemptEvent event : events) {
      if (!seen.add(Key.of(event))) {
        continue;
      }
      Optional<String> objection =
          ended.contains(event.attempt())
              ? Optional.of("The attempt is over.")
              : objection(jobs.get(event.attempt().job()), holders.get(event.attempt()), event);
      if (objection.isEmpty() && event.report().endsAttempt()) {
        ended.add(event.attempt());
      }
      judged.add(new Judged(event, objection));
    }
    Set<Key> fresh = insert(transaction, judged);
    List<AttemptEvent> effective =
        judged.stream()
            .filter(entry -> entry.objection().isEmpty())
            .map(Judged::event)
            .filter(event -> fresh.contains(Key.of(event)))
            .toList();
    apply(transaction, jobs, effective);
    return new Outcome(
        effective.size(), events.size() - fresh.size(), fresh.size() - effective.size());
  }

  private static Map<AttemptId, Holder> holders(
      Transaction transaction, List<AttemptEvent> events) {
    Map<AttemptId, Holder> holders = new HashMap<>();
    transaction
        .rows(
            ATTEMPTS,
            Columns.of(events, event -> event.attempt().job().value(), Long[]::new),
            Columns.of(events, event -> event.attempt().attempt().value(), Integer[]::new))
        .forEach(
            row ->
                holders.put(
                    new AttemptId(
                        new JobId(row.getLong("job_id")),
                        new AttemptNumber(row.getInteger("number"))),
                    new Holder(
                        row.getString("worker"), Optional.ofNullable(row.getString("outcome")))));
    return holders;
  }

  private static Optional<String> objection(Job job, Holder holder, AttemptEvent event) {
    if (job == null) {
      return Optional.of("There is no such job.");
    }
    if (holder == null) {
      return Optional.of("The attempt was never granted.");
    }
    if (!holder.worker().equals(event.worker().value())) {
      return Optional.of("Another worker holds the attempt.");
    }
    if (holder.outcome().isPresent() || !job.attempt().equals(event.attempt().attempt())) {
      return Optional.of("The attempt is over: " + holder.outcome().orElse("superseded") + ".");
    }
    return job.state() == JobState.RUNNING
        ? Optional.empty()
        : Optional.of("The job is " + job.state().word() + ".");
  }

  /** Which ones had not been stored before. */
  private static Set<Key> insert(Transaction transaction, List<Judged> judged) {
    Set<Key> fresh = new HashSet<>();
    for (Row row :
        transaction.rows(
            INSERT,
            Columns.of(judged, entry -> entry.event().attempt().job().value(), Long[]::new),
            Columns.of(judged, entry -> entry.event().attempt().attempt().value(), Integer[]::new),
            Columns.of(judged, entry -> entry.event().sequence(), Long[]::new),
            Columns.of(judged, entry -> entry.event().worker().value(), String[]::new),
            Columns.of(judged, entry -> time(entry.event().at()), OffsetDateTime[]::new),
            Columns.of(judged, entry -> Jobs.json(entry.event().report()), String[]::new),
            Columns.of(judged, entry -> entry.objection().orElse(null), String[]::new))) {
      fresh.add(
          new Key(
              new AttemptId(
                  new JobId(row.getLong("job_id")), new AttemptNumber(row.getInteger("attempt"))),
              row.getLong("sequence")));
    }
    return fresh;
  }

  /** Ends come last: what an attempt said before must find it running. */
  private void apply(Transaction transaction, Map<JobId, Job> jobs, List<AttemptEvent> events) {
    effects.apply(transaction, events);
    Map<Job, AttemptReport.Completed> completed = new LinkedHashMap<>();
    for (AttemptEvent event : events) {
      Job job = jobs.get(event.attempt().job());
      if (event.report() instanceof AttemptReport.Completed report) {
        completed.put(job, report);
      } else if (event.report() instanceof AttemptReport.Failed report) {
        life.fail(transaction, job, report);
      } else if (event.report() instanceof AttemptReport.GivenBack report) {
        life.giveBack(transaction, job, report);
      }
    }
    if (!completed.isEmpty()) {
      life.complete(transaction, completed);
    }
  }

  static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
