package dev.morphene.protocol.view;

import java.time.Instant;

/**
 * Something that a job's attempt said or that happened to it, for people.
 *
 * @param id grows; ask for what comes after it
 */
public record LogLine(long id, int attempt, Instant at, String text) {}
