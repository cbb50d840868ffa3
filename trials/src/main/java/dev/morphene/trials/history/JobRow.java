package dev.morphene.trials.history;

import dev.morphene.protocol.job.AttemptId;

/**
 * A job as the database has it in the end.
 *
 * @param latest the job, and its newest attempt
 * @param key idempotency key of its batch
 * @param name within the batch
 * @param state as the database calls it
 */
public record JobRow(AttemptId latest, String key, String name, String state) {}
