package dev.morphene.coordinator.submission;

import dev.morphene.coordinator.database.Transaction;
import dev.morphene.coordinator.memory.Envelopes;
import dev.morphene.protocol.spec.TrainSpec;
import dev.morphene.protocol.spec.Trainer;
import dev.morphene.protocol.submission.JobRequest;
import dev.morphene.protocol.submission.Submission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts a rehearsal before the trainings of every recipe whose memory was never measured, where a
 * submission asks for it. One rehearsal serves all trainings of its recipe.
 */
final class Rehearsals {
  private static final String NAME = "rehearsal of ";

  private final Envelopes envelopes;

  Rehearsals(Envelopes envelopes) {
    this.envelopes = envelopes;
  }

  /** The submission as it is accepted. */
  Submission complete(Transaction transaction, Submission submission) {
    if (!submission.rehearse().orElse(false)) {
      return submission;
    }
    List<JobRequest> jobs = new ArrayList<>();
    Map<String, Optional<String>> rehearsals = new HashMap<>();
    for (JobRequest job : submission.jobs()) {
      if (!(job.spec() instanceof TrainSpec train) || !canRehearse(train)) {
        jobs.add(job);
        continue;
      }
      String recipe = train.recipe().key();
      if (!rehearsals.containsKey(recipe)) {
        boolean known = envelopes.isMeasured(transaction, recipe);
        rehearsals.put(recipe, known ? Optional.empty() : Optional.of(NAME + recipe));
        if (!known) {
          jobs.add(rehearsal(job, train));
        }
      }
      jobs.add(rehearsals.get(recipe).map(job::needing).orElse(job));
    }
    return submission.withJobs(jobs);
  }

  /** The official trainer has no rehearsal. */
  private static boolean canRehearse(TrainSpec train) {
    return !train.rehearses() && train.trainer().orElse(Trainer.NATIVE) == Trainer.NATIVE;
  }

  private static JobRequest rehearsal(JobRequest job, TrainSpec train) {
    return new JobRequest(
        NAME + train.recipe().key(),
        job.instrument(),
        job.priority(),
        job.needs(),
        job.retryBudget(),
        train.asRehearsal());
  }
}
