package dev.morphene.trials.simulation;

import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.memory.MemoryClass;
import dev.morphene.protocol.placement.JobNeed;
import dev.morphene.protocol.spec.TrainSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A job as the coordinator has it. */
final class SimulatedJob {
  final JobPlan plan;
  JobState state = JobState.PENDING;
  TrainSpec spec;
  int attempt = 1;
  int failures;

  /** How many jobs may share its GPU, by the out-of-memory ladder. */
  int sideBySide = MemoryClass.UNDER_30_GB.jobsSideBySide();

  /** What it is promised at least, after it ran out of memory itself. */
  Optional<ByteSize> floor = Optional.empty();

  /** As it was last worked out, from that version of what is learned. */
  JobNeed need;

  long needVersion = -1;

  /** Of the newest checkpoint, a part of the whole. */
  double progress;

  /** How many of the planned crashes are behind it. */
  int crashes;

  /** Its row of the outbox, while it waits. */
  long row;

  long readySinceMillis;
  long publishedAtMillis;
  MemoryClass queue = MemoryClass.UNDER_30_GB;
  Optional<SimulatedAttempt> running = Optional.empty();
  long endedAtMillis = -1;
  final List<TrueRecipe> recipes = new ArrayList<>();

  SimulatedJob(JobPlan plan) {
    this.plan = plan;
    this.spec = plan.spec();
    recipes.add(TrueRecipe.of(spec));
  }

  JobId id() {
    return plan.id();
  }

  /** That of its spec; the newest of all that it had. */
  TrueRecipe recipe() {
    return recipes.get(recipes.size() - 1);
  }

  void become(JobState next) {
    if (!state.canTransitionTo(next)) {
      throw new IllegalStateException("Job " + id() + " cannot go from " + state + " to " + next);
    }
    state = next;
  }

  /** With another recipe, after running out of memory. */
  void changeTo(TrainSpec other) {
    boolean afresh = !other.config().equals(spec.config());
    spec = other;
    recipes.add(TrueRecipe.of(other));
    floor = Optional.empty();
    if (afresh) {
      progress = 0;
    }
  }

  /** Peak of a phase of this job. */
  long peakBytes(int phase) {
    TrueRecipe recipe = recipe();
    double gb = phase == 1 ? recipe.phaseOneGb() : recipe.phaseTwoGb();
    return ByteSize.ofGb(gb * plan.memoryFactor()).bytes();
  }

  /** All of its steps from the first to the last. */
  double wholeMillis() {
    return spec.maxSteps() * recipe().secondsPerStep() * plan.speedFactor() * 1000;
  }
}
