package dev.morphene.trials.history;

import dev.morphene.protocol.job.JobId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What is known about a trial: from the client, the trainers, an observer of the database, the
 * database in the end, and whoever did the faults.
 *
 * @param accepted in the order of the answers; a key that was sent twice is there twice
 * @param meant the state that each accepted job has to end in, by key and job name
 * @param trainers in any order
 * @param sightings oldest first
 * @param events by ascending id
 * @param faults that were planned, in the order of their times
 */
public record History(
    List<Accepted> accepted,
    Map<String, Map<String, String>> meant,
    List<TrainerLine> trainers,
    List<Sighting> sightings,
    List<JobRow> jobs,
    List<AttemptRow> attempts,
    List<EventRow> events,
    List<PlannedFault> faults) {

  /** Trainer processes by job, each list in the order of their beginnings. */
  public Map<JobId, List<TrainerRun>> runsByJob() {
    return byJob(TrainerRun.of(trainers), run -> run.attempt().job());
  }

  public Map<JobId, List<AttemptRow>> attemptsByJob() {
    return byJob(attempts, row -> row.attempt().job());
  }

  public Map<JobId, List<EventRow>> eventsByJob() {
    return byJob(events, row -> row.attempt().job());
  }

  public Map<JobId, List<Sighting>> sightingsByJob() {
    return byJob(sightings, sighting -> sighting.latest().job());
  }

  public Map<JobId, JobRow> jobById() {
    return jobs.stream().collect(Collectors.toMap(row -> row.latest().job(), row -> row));
  }

  private static <T> Map<JobId, List<T>> byJob(List<T> rows, Function<T, JobId> job) {
    return rows.stream().collect(Collectors.groupingBy(job));
  }

  /** Writes everything, one fact a line. */
  public void write(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    faults.forEach(fact -> lines.add(fact.toString()));
    accepted.forEach(fact -> lines.add(fact.toString()));
    meant.forEach((key, states) -> lines.add("Meant[" + key + " " + states + "]"));
    jobs.forEach(fact -> lines.add(fact.toString()));
    attempts.forEach(fact -> lines.add(fact.toString()));
    events.forEach(fact -> lines.add(fact.toString()));
    sightings.forEach(fact -> lines.add(fact.toString()));
    trainers.forEach(fact -> lines.add(fact.toString()));
    Files.write(file, lines);
  }
}
