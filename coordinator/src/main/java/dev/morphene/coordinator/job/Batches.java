package dev.morphene.coordinator.job;

import dev.morphene.coordinator.database.Columns;
import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.memory.Envelopes;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.submission.JobRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Jobs that are accepted together. */
public final class Batches {
  private static final int DEFAULT_RETRY_BUDGET = 3;

  private final Envelopes envelopes;

  public Batches(Envelopes envelopes) {
    this.envelopes = envelopes;
  }

  /**
   * Inserts the jobs with their needs, and publishes those that have none.
   *
   * @return ids by batch and by name
   */
  public Map<BatchId, Map<String, JobId>> insertJobs(
      Transaction transaction, Map<BatchId, List<JobRequest>> requestsByBatch) {
    Map<BatchId, List<NewJob>> jobs = new LinkedHashMap<>();
    requestsByBatch.forEach(
        (batch, requests) -> jobs.put(batch, requests.stream().map(Batches::job).toList()));
    Map<BatchId, Map<String, JobId>> ids = Jobs.insert(transaction, jobs, envelopes);
    record Need(JobId job, JobId need) {}
    List<Need> needs = new ArrayList<>();
    requestsByBatch.forEach(
        (batch, requests) -> {
          Map<String, JobId> named = ids.get(batch);
          for (JobRequest request : requests) {
            JobId id = named.get(request.name());
            request.needs().stream()
                .distinct()
                .forEach(need -> needs.add(new Need(id, named.get(need))));
          }
        });
    if (!needs.isEmpty()) {
      transaction.update(
          "insert into job_need (job_id, need_id, tolerates_failure) select job_id, need_id, false"
              + " from unnest($1::bigint[], $2::bigint[]) as n (job_id, need_id)",
          Columns.of(needs, need -> need.job().value(), Long[]::new),
          Columns.of(needs, need -> need.need().value(), Long[]::new));
    }
    return ids;
  }

  private static NewJob job(JobRequest request) {
    return new NewJob(
        request.name(),
        request.instrument(),
        request.priority().orElse(0),
        request.retryBudget().orElse(DEFAULT_RETRY_BUDGET),
        Optional.empty(),
        request.needs().isEmpty(),
        request.spec());
  }
}
