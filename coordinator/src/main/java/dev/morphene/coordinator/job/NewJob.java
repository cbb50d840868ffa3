package dev.morphene.coordinator.job;

import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.spec.JobSpec;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A job that is about to be accepted.
 *
 * @param name unique in its batch
 * @param retryBudget failures that may be retried
 * @param source the training run that it follows
 * @param ready it needs no other job first
 */
record NewJob(
    String name,
    OptionalInt instrument,
    int priority,
    int retryBudget,
    Optional<JobId> source,
    boolean ready,
    JobSpec spec) {}
