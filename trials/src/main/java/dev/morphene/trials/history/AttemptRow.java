package dev.morphene.trials.history;

import dev.morphene.protocol.job.AttemptId;

/**
 * An attempt as the database has it in the end.
 *
 * @param worker that it was granted to
 * @param grantedAtMicros of the database's clock
 * @param outcome as the database calls it; {@code running} while there is none
 */
public record AttemptRow(AttemptId attempt, String worker, long grantedAtMicros, String outcome) {}
