package dev.morphene.protocol.view;

import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.job.JobKind;
import dev.morphene.protocol.job.WorkerId;
import dev.morphene.protocol.json.Required;
import dev.morphene.protocol.memory.ByteSize;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a submission would become; nothing was written.
 *
 * @param predictedEnd of all its jobs; absent when it cannot be told
 */
public record PlanView(List<PlannedJob> jobs, Optional<Instant> predictedEnd) {
  public PlanView {
    jobs = Required.listOrEmpty(jobs);
  }

  /**
   * @param needs GPU memory that it would be promised; absent for kinds that need none
   * @param sideBySide how many jobs may share a GPU with it, itself included
   * @param worker where it would run, as the pool is now
   * @param predictedStart absent when it cannot be told
   * @param predictedEnd absent when nothing like it was measured yet
   * @param objection why it would be refused, or wait without end; one sentence
   */
  public record PlannedJob(
      String name,
      JobKind kind,
      Optional<Instrument> instrument,
      Optional<ByteSize> needs,
      int sideBySide,
      Optional<WorkerId> worker,
      Optional<GpuUuid> gpu,
      Optional<Instant> predictedStart,
      Optional<Instant> predictedEnd,
      Optional<String> objection) {}
}
