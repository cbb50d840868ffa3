package dev.morphene.coordinator.submission;

import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.Batches;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.submission.Submission;
import dev.morphene.protocol.submission.SubmissionReply;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Accepts submissions; the same key again returns the same batch, also in a race. */
public final class Submissions {
  private final Database database;
  private final SubmissionRules rules;

  public Submissions(Database database, InstrumentCatalogue catalogue) {
    this.database = database;
    this.rules = new SubmissionRules(catalogue);
  }

  public SubmissionReply accept(Submission submission) {
    Optional<String> objection = rules.objection(submission);
    if (objection.isPresent()) {
      return new SubmissionReply.Refused(objection.get());
    }
    BatchId fresh = new BatchId(UUID.randomUUID());
    return database.transact(transaction -> write(transaction, submission, fresh));
  }

  private static SubmissionReply write(
      Transaction transaction, Submission submission, BatchId fresh) {
    // A second transaction with the same key waits here until the first one is decided.
    int inserted =
        transaction.update(
            "insert into batch (batch_id, idempotency_key, name) values ($1, $2, $3) on conflict"
                + " (idempotency_key) do nothing",
            fresh.value(),
            submission.key().value(),
            submission.batchName());
    if (inserted == 1) {
      return new SubmissionReply.Accepted(
          fresh, Batches.insertJobs(transaction, fresh, submission.jobs()), false);
    }
    BatchId known =
        new BatchId(
            transaction
                .row(
                    "select batch_id from batch where idempotency_key = $1",
                    submission.key().value())
                .orElseThrow()
                .getUUID("batch_id"));
    Map<String, JobId> jobs = new LinkedHashMap<>();
    transaction
        .rows(
            "select name, job_id from job where batch_id = $1 and source_job_id is null order by"
                + " job_id",
            known.value())
        .forEach(row -> jobs.put(row.getString("name"), new JobId(row.getLong("job_id"))));
    return new SubmissionReply.Accepted(known, jobs, true);
  }
}
