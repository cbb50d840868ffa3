package dev.morphene.coordinator.job;

import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.memory.Envelopes;
import dev.morphene.coordinator.memory.OutOfMemoryLadder;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.spec.TrainSpec;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Optional;

/**
 * What changes after a training ran out of memory: its recipe's envelope grows, and the job, never
 * its neighbours, goes one step down the ladder. Every step is kept with the job.
 */
final class MemoryRelief {
  private final Envelopes envelopes;

  MemoryRelief(Envelopes envelopes) {
    this.envelopes = envelopes;
  }

  /**
   * @param observed the most that the attempt was seen to hold
   * @return whether something was changed, so that another attempt is worth it
   */
  boolean relieve(Transaction transaction, Job job, ByteSize observed) {
    if (!(job.spec() instanceof TrainSpec train) || job.need().isEmpty()) {
      return false;
    }
    Row attempt =
        transaction
            .row(
                "select coalesce(gpu_model, gpu) as gpu_model, coalesce(memory_bytes, 0) as"
                    + " promised, (select count(*) from attempt o where o.worker = a.worker and"
                    + " o.gpu = a.gpu and o.outcome is null and o.job_id <> a.job_id) as beside,"
                    + " together from attempt a where job_id = $1 and number = $2",
                job.id().value(),
                job.attempt().value())
            .orElseThrow();
    int together =
        Math.max(attempt.getInteger("together"), attempt.getLong("beside").intValue() + 1);
    Optional<OutOfMemoryLadder.Step> next =
        OutOfMemoryLadder.next(train, job.need().get().sideBySide(), together);
    envelopes.grow(
        transaction,
        train.recipe().key(),
        attempt.getString("gpu_model"),
        new ByteSize(attempt.getLong("promised")),
        observed,
        largestGpu(transaction));
    next.ifPresent(step -> take(transaction, job, train, step));
    return next.isPresent();
  }

  private void take(
      Transaction transaction, Job job, TrainSpec before, OutOfMemoryLadder.Step step) {
    TrainSpec spec = before;
    int sideBySide = job.need().orElseThrow().sideBySide();
    if (step instanceof OutOfMemoryLadder.FewerNeighbours fewer) {
      sideBySide = fewer.sideBySide();
    } else if (step instanceof OutOfMemoryLadder.SmallerBatch smaller) {
      spec = smaller.spec();
    } else if (step instanceof OutOfMemoryLadder.SmallerConfig smaller) {
      spec = smaller.spec();
    }
    Envelopes.Promise promise = envelopes.promises(transaction, List.of(spec)).get(0);
    JobNeed need = promise.need().orElseThrow().withAtMost(sideBySide);
    Jobs.promise(transaction, job, spec, need, promise.recipe().orElseThrow());
    transaction.update(
        "update job set adjustments = adjustments || jsonb_build_object('attempt', $2::integer,"
            + " 'at', now(), 'words', $3::text) where job_id = $1",
        job.id().value(),
        job.attempt().value(),
        step.words());
  }

  /** Without any node there is no limit to speak of. */
  private static ByteSize largestGpu(Transaction transaction) {
    return transaction
        .row(
            "select max((d ->> 'total')::bigint) as bytes from worker,"
                + " jsonb_array_elements(devices) d where kinds ? 'train'")
        .map(row -> row.getLong("bytes"))
        .map(ByteSize::new)
        .orElse(new ByteSize(Long.MAX_VALUE));
  }
}
