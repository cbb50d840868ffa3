package dev.morphene.protocol.view;

import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.memory.ByteSize;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Why a job waits.
 *
 * @param needs GPU memory that it is promised; absent for kinds that need none
 * @param gpusLargeEnough of the pool
 * @param gpusWithRoom now
 * @param predictedStart absent when it cannot be told, or is now
 * @param reasons sentences, the last one with what could be done
 */
public record WaitView(
    JobId job,
    Optional<ByteSize> needs,
    Optional<Integer> gpusLargeEnough,
    Optional<Integer> gpusWithRoom,
    Optional<Instant> predictedStart,
    List<String> reasons) {
  public WaitView {
    reasons = Required.listOrEmpty(reasons);
  }

  /** One that has nothing to do with the pool. */
  public static WaitView of(JobId job, String reason) {
    return new WaitView(
        job,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(reason));
  }
}
