package dev.morphene.protocol.placement;

import java.util.Comparator;

/**
 * The order in which a node places the jobs it has at hand: the largest first, of equal ones the
 * one that shares with fewer. A large job has few places and a small one still fits into what it
 * leaves; the other way round small jobs use up the room that only large GPUs have.
 */
public final class LargestFirst implements Comparator<JobNeed> {
  public static final LargestFirst ORDER = new LargestFirst();

  private LargestFirst() {}

  @Override
  public int compare(JobNeed one, JobNeed other) {
    int byMemory = other.memory().compareTo(one.memory());
    return byMemory != 0 ? byMemory : Integer.compare(one.sideBySide(), other.sideBySide());
  }
}
