package dev.morphene.agent.child;

import dev.morphene.protocol.job.JobKind;

/**
 * What a child is asked to do: the kind, and the request record of {@code
 * dev.morphene.rave.process} for it.
 */
public record ChildRequest(JobKind kind, Object body) {}
