package dev.morphene.gpu.fence;

import java.time.Duration;

/**
 * When a GPU is fenced, and how long until it is looked at again.
 *
 * @param unreadableInARow degraded readings one after the other that fence it; 1 or more
 * @param lossesInARow attempts lost to the GPU one after the other, with no success between; 1 or
 *     more
 * @param firstProbe from the fence to its first probe; doubles with every strike
 * @param longestProbe the most that grows to
 */
public record FencePolicy(
    int unreadableInARow, int lossesInARow, Duration firstProbe, Duration longestProbe) {
  /** Three of each; probed after 30 s, at last every 30 minutes. */
  public static final FencePolicy STANDARD =
      new FencePolicy(3, 3, Duration.ofSeconds(30), Duration.ofMinutes(30));

  public FencePolicy {
    if (unreadableInARow < 1 || lossesInARow < 1) {
      throw new IllegalArgumentException(
          "A GPU is fenced after 1 or more failures in a row, not after "
              + Math.min(unreadableInARow, lossesInARow)
              + ".");
    }
    if (firstProbe.isNegative() || firstProbe.isZero() || longestProbe.compareTo(firstProbe) < 0) {
      throw new IllegalArgumentException(
          "The first probe comes after more than 0 s and not after the longest wait; "
              + firstProbe
              + " and "
              + longestProbe
              + " are not so.");
    }
  }

  /**
   * @param strikes before this one, since the GPU last completed a job; 0 or more
   */
  Duration wait(int strikes) {
    Duration wait = firstProbe;
    for (int i = 0; i < strikes && wait.compareTo(longestProbe) < 0; i++) {
      wait = wait.multipliedBy(2);
    }
    return wait.compareTo(longestProbe) < 0 ? wait : longestProbe;
  }
}
