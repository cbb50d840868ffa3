package dev.morphene.coordinator.job;

import dev.morphene.coordinator.database.Transaction;
import dev.morphene.protocol.job.BatchId;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.submission.JobRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Jobs that are accepted together. */
public final class Batches {
  private static final int DEFAULT_RETRY_BUDGET = 3;

  private Batches() {}

  /** Inserts the jobs with their needs, and publishes those that have none. */
  public static Map<String, JobId> insertJobs(
      Transaction transaction, BatchId batch, List<JobRequest> requests) {
    Map<String, JobId> ids = new LinkedHashMap<>();
    for (JobRequest request : requests) {
      JobId id =
          Jobs.insert(
              transaction,
              batch,
              request.name(),
              request.instrument(),
              request.priority().orElse(0),
              request.retryBudget().orElse(DEFAULT_RETRY_BUDGET),
              Optional.empty(),
              request.spec());
      request.needs().stream()
          .distinct()
          .forEach(need -> Jobs.need(transaction, id, ids.get(need), false));
      ids.put(request.name(), id);
      Needs.openIfReady(transaction, Jobs.lock(transaction, id).orElseThrow());
    }
    return ids;
  }
}
