package dev.morphene.coordinator.event;

import dev.morphene.coordinator.database.Columns;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.Jobs;
import dev.morphene.protocol.job.AttemptId;
import dev.morphene.protocol.message.AttemptEvent;
import dev.morphene.protocol.message.AttemptReport;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What reports that do not end an attempt write down. */
final class EventEffects {

  /** Warnings and news of health are read from the stored events and need nothing more. */
  void apply(Transaction transaction, List<AttemptEvent> events) {
    Map<AttemptId, AttemptEvent> started = new LinkedHashMap<>();
    Map<AttemptId, AttemptEvent> progressed = new LinkedHashMap<>();
    for (AttemptEvent event : events) {
      if (event.report() instanceof AttemptReport.Started) {
        started.put(event.attempt(), event);
      } else if (event.report() instanceof AttemptReport.Progressed) {
        progressed.put(event.attempt(), event);
      } else if (event.report() instanceof AttemptReport.Validated validated) {
        validated(transaction, event, validated);
      } else if (event.report() instanceof AttemptReport.CheckpointStored stored) {
        stored(transaction, event, stored);
      }
    }
    if (!started.isEmpty()) {
      started(transaction, inOrder(started));
    }
    if (!progressed.isEmpty()) {
      progressed(transaction, inOrder(progressed));
    }
  }

  private static List<AttemptEvent> inOrder(Map<AttemptId, AttemptEvent> events) {
    return events.values().stream()
        .sorted(Comparator.comparing(event -> event.attempt().job()))
        .toList();
  }

  private static void started(Transaction transaction, List<AttemptEvent> events) {
    transaction.update(
        "update attempt a set started_at = e.at, device = e.device, recipe = e.recipe::jsonb from"
            + " unnest($1::bigint[], $2::integer[], $3::timestamptz[], $4::text[], $5::text[]) as e"
            + " (job_id, number, at, device, recipe) where a.job_id = e.job_id and a.number ="
            + " e.number",
        jobs(events),
        numbers(events),
        Columns.of(events, event -> Events.time(event.at()), OffsetDateTime[]::new),
        Columns.of(
            events, event -> ((AttemptReport.Started) event.report()).device(), String[]::new),
        Columns.of(
            events,
            event -> Jobs.json(((AttemptReport.Started) event.report()).recipe()),
            String[]::new));
  }

  private static void progressed(Transaction transaction, List<AttemptEvent> events) {
    transaction.update(
        "update job j set progress = e.report::jsonb, progress_attempt = e.number,"
            + " progress_sequence = e.sequence from unnest($1::bigint[], $2::integer[],"
            + " $3::bigint[], $4::text[]) as e (job_id, number, sequence, report) where j.job_id ="
            + " e.job_id and (j.progress_attempt, j.progress_sequence) < (e.number, e.sequence)",
        jobs(events),
        numbers(events),
        Columns.of(events, AttemptEvent::sequence, Long[]::new),
        Columns.of(events, event -> Jobs.json(event.report()), String[]::new));
    transaction.update(
        "update attempt a set peak_memory_bytes = greatest(a.peak_memory_bytes, e.memory) from"
            + " unnest($1::bigint[], $2::integer[], $3::bigint[]) as e (job_id, number, memory)"
            + " where a.job_id = e.job_id and a.number = e.number",
        jobs(events),
        numbers(events),
        Columns.of(
            events,
            event -> ((AttemptReport.Progressed) event.report()).memory().bytes(),
            Long[]::new));
  }

  private static void validated(
      Transaction transaction, AttemptEvent event, AttemptReport.Validated validated) {
    transaction.update(
        "insert into validation (job_id, step, attempt, phase, distance, measures, at) values"
            + " ($1, $2, $3, $4, $5, $6::text::jsonb, $7) on conflict (job_id, step) do update"
            + " set attempt = excluded.attempt, phase = excluded.phase, distance ="
            + " excluded.distance, measures = excluded.measures, at = excluded.at",
        event.attempt().job().value(),
        validated.step(),
        event.attempt().attempt().value(),
        validated.phase(),
        validated.distance(),
        Jobs.json(validated.measures()),
        Events.time(event.at()));
  }

  private static void stored(
      Transaction transaction, AttemptEvent event, AttemptReport.CheckpointStored stored) {
    transaction.update(
        "insert into checkpoint (job_id, path, attempt, step, phase, sha256, size_bytes,"
            + " stored_at) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (job_id, path) do"
            + " update set attempt = excluded.attempt, step = excluded.step, phase ="
            + " excluded.phase, sha256 = excluded.sha256, size_bytes = excluded.size_bytes,"
            + " stored_at = excluded.stored_at",
        event.attempt().job().value(),
        stored.path(),
        event.attempt().attempt().value(),
        stored.step(),
        stored.phase(),
        stored.sha256(),
        stored.size().bytes(),
        Events.time(event.at()));
  }

  private static Long[] jobs(List<AttemptEvent> events) {
    return Columns.of(events, event -> event.attempt().job().value(), Long[]::new);
  }

  private static Integer[] numbers(List<AttemptEvent> events) {
    return Columns.of(events, event -> event.attempt().attempt().value(), Integer[]::new);
  }
}
