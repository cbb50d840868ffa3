package dev.morphene.trials.history;

import dev.morphene.protocol.job.AttemptId;

/**
 * A job as an observer saw it in the database while the trial went on; written down when it had
 * changed.
 *
 * @param nanos of the machine's monotonic clock, after the reading
 * @param latest the job, and its newest attempt at that moment
 * @param state as the database calls it
 */
public record Sighting(long nanos, AttemptId latest, String state) {}
