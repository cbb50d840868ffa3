package dev.morphene.trials.history;

import dev.morphene.protocol.job.AttemptId;

/**
 * A stored event.
 *
 * @param id grows in the order in which the events of one job were stored
 * @param type {@code completed} for instance
 * @param applied false when it was refused and changed nothing
 */
public record EventRow(long id, AttemptId attempt, String type, boolean applied) {}
