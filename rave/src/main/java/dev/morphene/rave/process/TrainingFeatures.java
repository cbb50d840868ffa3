package dev.morphene.rave.process;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a training run does beyond the plain recipe; everything is off unless asked for.
 *
 * @param randomPitch stretch every second item by a random factor out of this range
 * @param normalize bring the peak of every item to full scale, by 30 dB at most
 * @param derivative train on half the difference of neighbouring samples
 * @param augmentations applied in this order; each at most once
 * @param emaFactor keep a moving average of the generator's weights, {@code w̄ ← f·w̄ + (1−f)·w}
 *     after every step; above 0, below 1
 * @param precision of the convolutions of encoder and decoder in training steps
 * @param stopOn conditions that end the run
 */
public record TrainingFeatures(
    Optional<PitchRange> randomPitch,
    boolean normalize,
    boolean derivative,
    List<Augmentation> augmentations,
    OptionalDouble emaFactor,
    Precision precision,
    List<HealthCondition> stopOn) {

  public TrainingFeatures {
    augmentations = augmentations == null ? List.of() : List.copyOf(augmentations);
    precision = precision == null ? Precision.FP32 : precision;
    stopOn = stopOn == null ? List.of() : List.copyOf(stopOn);
  }

  /** The plain recipe. */
  public static TrainingFeatures none() {
    return new TrainingFeatures(
        Optional.empty(),
        false,
        false,
        List.of(),
        OptionalDouble.empty(),
        Precision.FP32,
        List.of());
  }

  public TrainingFeatures with(Precision other) {
    return new TrainingFeatures(
        randomPitch, normalize, derivative, augmentations, emaFactor, other, stopOn);
  }

  /** With a moving average that keeps so much of itself at every step. */
  public TrainingFeatures withAverage(double factor) {
    return new TrainingFeatures(
        randomPitch,
        normalize,
        derivative,
        augmentations,
        OptionalDouble.of(factor),
        precision,
        stopOn);
  }
}
