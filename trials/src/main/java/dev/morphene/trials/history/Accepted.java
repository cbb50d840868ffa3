package dev.morphene.trials.history;

import dev.morphene.protocol.job.JobId;
import java.util.Map;

/**
 * An answer that the client got: the cluster has promised to do these jobs.
 *
 * @param key idempotency key that was sent
 * @param jobs id of each job by its name
 */
public record Accepted(String key, Map<String, JobId> jobs) {}
