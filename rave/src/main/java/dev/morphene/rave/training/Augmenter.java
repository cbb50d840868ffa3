package dev.morphene.rave.training;

import dev.morphene.rave.process.Augmentation;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Changes items at random, with the official trainer's odds and ranges. */
final class Augmenter {
  private static final double MUTE_PROBABILITY = 0.1;
  private static final double COMPRESS_PROBABILITY = 0.8;
  private static final double THRESHOLD_DECIBELS = -40;
  private static final double LOWEST_AMOUNT_DECIBELS = -60;
  private static final double ATTACK_SECONDS = 0.1;
  private static final double DECAY_SECONDS = 0.1;
  private static final double GAIN_PROBABILITY = 0.5;
  private static final double LOWEST_GAIN_DECIBELS = -6;
  private static final double HIGHEST_GAIN_DECIBELS = 3;

  private final List<Augmentation> augmentations;
  private final int samplingRateHz;

  Augmenter(List<Augmentation> augmentations, int samplingRateHz) {
    this.augmentations = augmentations;
    this.samplingRateHz = samplingRateHz;
  }

  /**
   * Works in place. Draws equally many random numbers whatever comes out.
   *
   * @param samples channel after channel from {@code from} on, {@code length} each
   */
  void apply(float[] samples, int from, int channels, int length, SplittableRandom random) {
    for (Augmentation augmentation : augmentations) {
      double chance = random.nextDouble();
      double amount = random.nextDouble();
      switch (augmentation) {
        case MUTE -> {
          if (chance < MUTE_PROBABILITY) {
            Arrays.fill(samples, from, from + channels * length, 0);
          }
        }
        case COMPRESS -> {
          if (chance < COMPRESS_PROBABILITY) {
            new Compander(
                    samplingRateHz,
                    ATTACK_SECONDS,
                    DECAY_SECONDS,
                    THRESHOLD_DECIBELS,
                    LOWEST_AMOUNT_DECIBELS * amount)
                .apply(samples, from, channels, length);
          }
        }
        case GAIN -> {
          if (chance < GAIN_PROBABILITY) {
            double decibels =
                LOWEST_GAIN_DECIBELS + (HIGHEST_GAIN_DECIBELS - LOWEST_GAIN_DECIBELS) * amount;
            scale(samples, from, channels * length, Math.pow(10, decibels / 20));
          }
        }
      }
    }
  }

  private static void scale(float[] samples, int from, int count, double factor) {
    for (int i = from; i < from + count; i++) {
      samples[i] *= (float) factor;
    }
  }
}
