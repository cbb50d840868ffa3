package dev.morphene.coordinator.submission;

import dev.morphene.coordinator.database.Columns;
import dev.morphene.coordinator.database.Database;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.job.Batches;
import dev.morphene.coordinator.memory.Envelopes;
import dev.morphene.coordinator.source.Readinesses;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.Submission;
import dev.morphene.protocol.submission.SubmissionReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** Accepts submissions; the same key again returns the same batch, also in a race. */
public final class Submissions {
  private final Database database;
  private final SubmissionRules rules;
  private final Batches batches;
  private final PoolLimit poolLimit;
  private final Readinesses readinesses;
  private final Rehearsals rehearsals;

  public Submissions(
      Database database,
      InstrumentCatalogue catalogue,
      Envelopes envelopes,
      Readinesses readinesses) {
    this.database = database;
    this.rules = new SubmissionRules(catalogue);
    this.batches = new Batches(envelopes);
    this.poolLimit = new PoolLimit(envelopes);
    this.readinesses = readinesses;
    this.rehearsals = new Rehearsals(envelopes);
  }

  public SubmissionReply accept(Submission submission) {
    return accept(List.of(submission)).get(0);
  }

  /** Many in one transaction, each all or nothing; one reply for each, in order. */
  public List<SubmissionReply> accept(List<Submission> submissions) {
    SubmissionReply[] replies = new SubmissionReply[submissions.size()];
    Map<String, Integer> firstByKey = new TreeMap<>();
    List<Integer> repeated = new ArrayList<>();
    for (int i = 0; i < replies.length; i++) {
      Optional<String> objection = rules.objection(submissions.get(i));
      if (objection.isPresent()) {
        replies[i] = new SubmissionReply.Refused(objection.get(), false);
      } else if (firstByKey.putIfAbsent(submissions.get(i).key().value(), i) != null) {
        repeated.add(i);
      }
    }
    // In order of key, so that two coordinators do not wait for each other.
    List<Integer> places = List.copyOf(firstByKey.values());
    Map<BatchId, Submission> asked = new LinkedHashMap<>();
    places.forEach(place -> asked.put(new BatchId(UUID.randomUUID()), submissions.get(place)));
    if (!asked.isEmpty()) {
      List<SubmissionReply> written = database.transact(transaction -> write(transaction, asked));
      for (int i = 0; i < written.size(); i++) {
        replies[places.get(i)] = written.get(i);
      }
    }
    repeated.forEach(place -> replies[place] = accept(submissions.get(place)));
    return List.of(replies);
  }

  private List<SubmissionReply> write(Transaction transaction, Map<BatchId, Submission> asked) {
    Set<BatchId> fresh = insertBatches(transaction, asked);
    Map<BatchId, String> notNow = new HashMap<>();
    Map<BatchId, List<JobRequest>> accepted = new LinkedHashMap<>();
    for (BatchId batch : asked.keySet()) {
      if (fresh.contains(batch)) {
        List<JobRequest> jobs = rehearsals.complete(transaction, asked.get(batch)).jobs();
        objection(transaction, asked.get(batch))
            .ifPresentOrElse(
                objection -> notNow.put(batch, objection), () -> accepted.put(batch, jobs));
      }
    }
    for (BatchId batch : notNow.keySet()) {
      transaction.update("delete from batch where batch_id = $1", batch.value());
    }
    Map<BatchId, Map<String, JobId>> ids =
        accepted.isEmpty() ? Map.of() : batches.insertJobs(transaction, accepted);
    List<SubmissionReply> replies = new ArrayList<>();
    asked.forEach(
        (batch, submission) -> {
          if (notNow.containsKey(batch)) {
            replies.add(new SubmissionReply.Refused(notNow.get(batch), true));
          } else if (fresh.contains(batch)) {
            replies.add(new SubmissionReply.Accepted(batch, ids.get(batch), false));
          } else {
            replies.add(known(transaction, submission));
          }
        });
    return replies;
  }

  /** What the cluster has now that does not allow it. */
  private Optional<String> objection(Transaction transaction, Submission submission) {
    Optional<String> tooLarge = poolLimit.objection(transaction, submission.jobs());
    return tooLarge.isPresent() || submission.allowIncomplete().orElse(false)
        ? tooLarge
        : readinesses.objection(transaction, instruments(submission));
  }

  /** What is to be trained; audits and exports need no material. */
  static List<Integer> instruments(Submission submission) {
    return submission.jobs().stream()
        .filter(job -> job.spec().kind() == JobKind.TRAIN && job.instrument().isPresent())
        .map(job -> job.instrument().getAsInt())
        .toList();
  }

  /** Those whose key is new. A second transaction with a key waits here for the first one's end. */
  private static Set<BatchId> insertBatches(
      Transaction transaction, Map<BatchId, Submission> asked) {
    Set<BatchId> fresh = new HashSet<>();
    transaction
        .rows(
            "insert into batch (batch_id, idempotency_key, name) select * from unnest($1::uuid[],"
                + " $2::text[], $3::text[]) on conflict (idempotency_key) do nothing returning"
                + " batch_id",
            Columns.of(asked.keySet(), BatchId::value, UUID[]::new),
            Columns.of(asked.values(), submission -> submission.key().value(), String[]::new),
            Columns.of(asked.values(), Submission::batchName, String[]::new))
        .forEach(row -> fresh.add(new BatchId(row.getUUID("batch_id"))));
    return fresh;
  }

  private static SubmissionReply known(Transaction transaction, Submission submission) {
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
