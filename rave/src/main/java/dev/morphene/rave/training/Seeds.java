package dev.morphene.rave.training;

/**
 * Derives independent seeds from the run's seed and what a random draw is for. Nothing random in a
 * run depends on anything else, which is why a resumed run equals an uninterrupted one.
 */
final class Seeds {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private Seeds() {}

  /** Purposes; their order is part of what a seed means and must not change. */
  enum Purpose {
    WEIGHTS,
    STEP,
    ORDER,
    ITEM,
    VALIDATION
  }

  static long of(long seed, Purpose purpose, long... coordinates) {
    long mixed = mix(seed + GOLDEN_GAMMA * (purpose.ordinal() + 1));
    for (long coordinate : coordinates) {
      mixed = mix(mixed + GOLDEN_GAMMA * (coordinate + 1));
    }
    return mixed;
  }

  /** SplitMix64's finaliser (Steele, Lea and Flood, OOPSLA 2014). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
