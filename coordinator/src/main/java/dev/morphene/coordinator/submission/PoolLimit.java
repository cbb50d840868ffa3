package dev.morphene.coordinator.submission;

import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.memory.Envelopes;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.placement.MemoryRule;
import dev.morphene.protocol.submission.JobRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Refuses what no GPU of the pool can ever hold. A pool that has shown no GPU yet refuses nothing:
 * nodes come and go.
 */
final class PoolLimit {
  private final Envelopes envelopes;

  PoolLimit(Envelopes envelopes) {
    this.envelopes = envelopes;
  }

  /** The first of {@link #objections}. */
  Optional<String> objection(Transaction transaction, List<JobRequest> jobs) {
    return objections(
            transaction,
            jobs,
            envelopes.promises(transaction, jobs.stream().map(JobRequest::spec).toList()))
        .stream()
        .flatMap(Optional::stream)
        .findFirst();
  }

  /**
   * One for each job, in order; empty where there is none.
   *
   * @param promises one for each job
   */
  List<Optional<String>> objections(
      Transaction transaction, List<JobRequest> jobs, List<Envelopes.Promise> promises) {
    OptionalLong largest =
        promises.stream().allMatch(promise -> promise.need().isEmpty())
            ? OptionalLong.empty()
            : largestBytes(transaction);
    List<Optional<String>> objections = new ArrayList<>();
    for (int i = 0; i < jobs.size(); i++) {
      objections.add(
          largest.isEmpty()
              ? Optional.empty()
              : objection(jobs.get(i), promises.get(i), largest.getAsLong()));
    }
    return objections;
  }

  private static Optional<String> objection(
      JobRequest job, Envelopes.Promise promise, long largestBytes) {
    ByteSize most =
        new ByteSize(Math.max(0, largestBytes - MemoryRule.usual().safetyMargin().bytes()));
    return promise
        .need()
        .map(JobNeed::memory)
        .filter(memory -> memory.compareTo(most) > 0)
        .map(
            memory ->
                String.format(
                    Locale.ROOT,
                    "Job \"%s\" needs %s of GPU memory and the largest GPU of the pool can give"
                        + " %s; choose a smaller config or batch, or add a larger GPU.",
                    job.name(),
                    memory,
                    most));
  }

  /** Of every GPU seen in the last week: one that is away for repair still counts. */
  private static OptionalLong largestBytes(Transaction transaction) {
    Long bytes =
        transaction
            .row(
                "select max((d ->> 'total')::bigint) as bytes from worker,"
                    + " jsonb_array_elements(devices) d where kinds ? 'train' and last_seen_at >"
                    + " now() - interval '7 days'")
            .orElseThrow()
            .getLong("bytes");
    return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes);
  }
}
