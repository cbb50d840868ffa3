package dev.morphene.agent.child;

import dev.morphene.rave.process.ProcessLine;
import java.util.List;
import java.util.Optional;

/**
 * How a child ended.
 *
 * @param exitCode 128 + n when signal n killed it
 * @param lastLine {@code done}, {@code failed} or {@code stopped}; absent when it was killed or
 *     crashed
 * @param evidence last lines of its log, oldest first
 */
public record ChildEnd(int exitCode, Optional<ProcessLine> lastLine, List<String> evidence) {}
