package dev.morphene.agent.attempt;

import dev.morphene.protocol.job.AttemptId;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The newest attempts that this life of the node has begun. An attempt runs once: a second message
 * of it may come after its end, while the coordinator has not read of that end and would grant it
 * again. Thread safe.
 */
final class BegunAttempts {
  /** Messages are minutes old at most, and a node begins a few attempts a second at most. */
  private static final int REMEMBERED = 10_000;

  private final Set<AttemptId> attempts = new LinkedHashSet<>();

  synchronized void add(AttemptId attempt) {
    attempts.add(attempt);
    if (attempts.size() > REMEMBERED) {
      attempts.remove(attempts.iterator().next());
    }
  }

  synchronized boolean contains(AttemptId attempt) {
    return attempts.contains(attempt);
  }
}
