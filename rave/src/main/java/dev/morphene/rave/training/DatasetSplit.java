package dev.morphene.rave.training;

import java.util.Arrays;

/**
 * Which items of a dataset are trained on and which validate; the assignment of the official
 * trainer, so that its validation figures can be compared with ours.
 *
 * @param training item numbers, 98 % of all but at least all above 1,000 held back
 * @param validation item numbers, at most 1,000; empty only for a dataset of one item or none
 */
public record DatasetSplit(int[] training, int[] validation) {
  private static final double TRAINING_SHARE = 0.98;
  private static final int MAX_VALIDATION = 1_000;
  private static final int SEED = 42;

  /** The split of a dataset of {@code size} items. */
  public static DatasetSplit of(int size) {
    if (size == 0) {
      return new DatasetSplit(new int[0], new int[0]);
    }
    int held = size - Math.max((int) Math.floor(TRAINING_SHARE * size), 1);
    int validation = Math.min(held, MAX_VALIDATION);
    int[] order = permutation(size, SEED);
    return new DatasetSplit(
        Arrays.copyOfRange(order, 0, size - validation),
        Arrays.copyOfRange(order, size - validation, size));
  }

  /** The permutation {@code torch.randperm(size)} gives on the CPU for this seed. */
  static int[] permutation(int size, int seed) {
    MersenneTwister random = new MersenneTwister(seed);
    int[] order = new int[size];
    Arrays.setAll(order, i -> i);
    for (int i = 0; i < size - 1; i++) {
      int other = i + (int) (random.nextUnsignedInt() % (size - i));
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
    return order;
  }
}
