package dev.morphene.coordinator.job;

import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.memory.Envelopes;
import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.spec.AuditSpec;
import dev.morphene.protocol.spec.ExportSpec;
import dev.morphene.protocol.spec.TrainSpec;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the end of a job means for the jobs that need it. A dependent is locked before its needs are
 * counted, so that two needs that end together do not both see the other one open.
 */
final class Needs {
  private Needs() {}

  /** Publishes a pending job whose needs are all met; nothing when one is open. */
  static void openIfReady(Transaction transaction, Job job) {
    if (job.state() != JobState.PENDING || job.blockedBy().isPresent()) {
      return;
    }
    Standing standing = standing(transaction, job.id());
    if (standing.open > 0 || standing.missed > 0 || standing.toleratedAllMissed()) {
      return;
    }
    if (job.spec() instanceof ExportSpec export && standing.tolerated > 0) {
      keepCompletedCandidates(transaction, job, export);
    }
    Jobs.enqueue(transaction, List.of(job.id()));
  }

  /** Opens, fails or cancels whatever waited for {@code ended}, and what waits for those. */
  static void settleDependents(Transaction transaction, Collection<JobId> ended) {
    Deque<JobId> endedJobs = new ArrayDeque<>(needed(transaction, ended));
    while (!endedJobs.isEmpty()) {
      JobId need = endedJobs.poll();
      for (JobId dependent : dependents(transaction, need)) {
        Job job = Jobs.lock(transaction, dependent).orElseThrow();
        if (job.state() != JobState.PENDING) {
          continue;
        }
        Standing standing = standing(transaction, dependent);
        if (standing.missed > 0 || standing.open == 0 && standing.toleratedAllMissed()) {
          block(transaction, job, Jobs.find(transaction, need).orElseThrow());
          endedJobs.add(dependent);
        } else {
          openIfReady(transaction, job);
        }
      }
    }
  }

  /** Promises the trainings that waited for a rehearsal what it has shown them to need. */
  static void promiseAnew(Transaction transaction, JobId rehearsal, Envelopes envelopes) {
    for (JobId dependent : dependents(transaction, rehearsal)) {
      Job job = Jobs.lock(transaction, dependent).orElseThrow();
      if (job.state() == JobState.PENDING && job.spec() instanceof TrainSpec train) {
        Envelopes.Promise promise = envelopes.promises(transaction, List.of(train)).get(0);
        Jobs.promise(
            transaction, job, train, promise.need().orElseThrow(), promise.recipe().orElseThrow());
      }
    }
  }

  /** Makes jobs pending again that had ended only because {@code retried} had. */
  static void revive(Transaction transaction, JobId retried) {
    Deque<JobId> revived = new ArrayDeque<>(List.of(retried));
    Set<JobId> seen = new HashSet<>();
    while (!revived.isEmpty()) {
      for (JobId dependent : dependents(transaction, revived.poll())) {
        Job job = Jobs.lock(transaction, dependent).orElseThrow();
        if (!seen.add(dependent) || job.blockedBy().isEmpty() || !job.state().isEnd()) {
          continue;
        }
        Standing standing = standing(transaction, dependent);
        if (standing.missed == 0) {
          transaction.update(
              "update job set state = 'pending', blocked_by = null, ended_at = null,"
                  + " error_class = null, error_message = null, error_evidence = null,"
                  + " suggested_fix = null where job_id = $1",
              dependent.value());
          revived.add(dependent);
        }
      }
    }
  }

  /**
   * Needs that ended without being completed and that the job cannot do without: those that must
   * not fail, and those that may when every one of them has.
   */
  static List<JobId> missed(Transaction transaction, JobId job) {
    return transaction
        .rows(
            "select n.job_id from job_need d join job n on n.job_id = d.need_id where d.job_id = $1"
                + " and n.state in ('failed', 'cancelled') and (not d.tolerates_failure or not"
                + " exists (select from job_need o join job m on m.job_id = o.need_id where"
                + " o.job_id = $1 and o.tolerates_failure and m.state not in ('failed',"
                + " 'cancelled'))) order by n.job_id",
            job.value())
        .stream()
        .map(row -> new JobId(row.getLong("job_id")))
        .toList();
  }

  /** Those that somebody waits for: mostly none. */
  private static List<JobId> needed(Transaction transaction, Collection<JobId> jobs) {
    return transaction
        .rows(
            "select distinct need_id from job_need where need_id = any($1) order by need_id",
            (Object) jobs.stream().map(JobId::value).toArray(Long[]::new))
        .stream()
        .map(row -> new JobId(row.getLong("need_id")))
        .toList();
  }

  private static List<JobId> dependents(Transaction transaction, JobId need) {
    return transaction
        .rows("select job_id from job_need where need_id = $1 order by job_id", need.value())
        .stream()
        .map(row -> new JobId(row.getLong("job_id")))
        .toList();
  }

  private static void block(Transaction transaction, Job job, Job need) {
    boolean cancelled = need.state() == JobState.CANCELLED;
    JobState end = cancelled ? JobState.CANCELLED : JobState.FAILED;
    transaction.update(
        "update job set state = $2, blocked_by = $3, ended_at = now(), error_class = $4,"
            + " error_message = $5, suggested_fix = $6 where job_id = $1",
        job.id().value(),
        end.word(),
        need.id().value(),
        word(cancelled ? ErrorClass.CANCELLED : errorOf(transaction, need.id())),
        "It needs " + need.words() + ", which was " + need.state().word() + ".",
        "Retry job " + need.id() + "; this job goes on by itself once that one is completed.");
  }

  private static ErrorClass errorOf(Transaction transaction, JobId need) {
    String word =
        transaction
            .row("select error_class from job where job_id = $1", need.value())
            .orElseThrow()
            .getString("error_class");
    return word == null ? ErrorClass.UNKNOWN : Jobs.parse("\"" + word + "\"", ErrorClass.class);
  }

  static String word(ErrorClass errorClass) {
    return dev.morphene.protocol.json.ProtocolJson.tree(errorClass).asText();
  }

  /** An export takes only checkpoints whose audit was completed. */
  private static void keepCompletedCandidates(Transaction transaction, Job job, ExportSpec export) {
    Set<String> audited = new HashSet<>();
    transaction
        .rows(
            "select n.spec::text as spec from job_need d join job n on n.job_id = d.need_id"
                + " where d.job_id = $1 and d.tolerates_failure and n.state = 'completed'",
            job.id().value())
        .forEach(
            row -> audited.add(Jobs.parse(row.getString("spec"), AuditSpec.class).outputFolder()));
    ExportSpec kept =
        new ExportSpec(
            export.name(),
            export.candidates().stream()
                .filter(candidate -> audited.contains(candidate.auditFolder()))
                .toList(),
            export.outputFolder(),
            export.streaming(),
            export.fidelity(),
            export.musicalReference(),
            export.nonmusicalReference(),
            export.sources(),
            export.emaWeights());
    transaction.update(
        "update job set spec = $2::text::jsonb where job_id = $1",
        job.id().value(),
        Jobs.json(kept));
  }

  private static Standing standing(Transaction transaction, JobId job) {
    var row =
        transaction
            .row(
                "select count(*) filter (where n.state not in ('completed', 'failed', 'cancelled'))"
                    + " as open, count(*) filter (where n.state in ('failed', 'cancelled') and not"
                    + " d.tolerates_failure) as missed, count(*) filter (where d.tolerates_failure)"
                    + " as tolerated, count(*) filter (where d.tolerates_failure and n.state ="
                    + " 'completed') as tolerated_completed from job_need d join job n on n.job_id"
                    + " = d.need_id where d.job_id = $1",
                job.value())
            .orElseThrow();
    return new Standing(
        row.getLong("open"),
        row.getLong("missed"),
        row.getLong("tolerated"),
        row.getLong("tolerated_completed"));
  }

  /**
   * @param open needs that have not ended
   * @param missed needs that had to be completed and were not
   * @param tolerated needs that may fail
   */
  private record Standing(long open, long missed, long tolerated, long toleratedCompleted) {
    boolean toleratedAllMissed() {
      return tolerated > 0 && toleratedCompleted == 0;
    }
  }
}
