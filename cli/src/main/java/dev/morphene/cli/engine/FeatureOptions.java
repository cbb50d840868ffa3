package dev.morphene.cli.engine;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.protocol.spec.TrainFeatures;
import dev.morphene.rave.process.PitchRange;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Option;

/** What a training may do beyond the plain recipe; the same here and now and in a queue. */
public final class FeatureOptions {
  private static final String MATCHING_ONCE = "2.2";
  private static final String MATCHING_TWICE = "2.3";

  @Option(
      names = {"--rand-pitch", "--rand_pitch"},
      paramLabel = "LOW,HIGH",
      description =
          "Stretch every second item by a random factor of length between these, 0.7,1.3 for"
              + " instance.")
  private String pitch;

  @Option(
      names = "--normalize",
      description = "Bring the peak of every item to full scale, by 30 dB at most.")
  private boolean normalize;

  @Option(
      names = "--derivative",
      description = "Train on half the difference of neighbouring samples.")
  private boolean derivative;

  @Option(
      names = "--augment",
      paramLabel = "A",
      split = ",",
      description = "Change items at random: mute, compress or gain; several in the order given.")
  private List<String> augmentations = List.of();

  @Option(
      names = "--ema",
      paramLabel = "F",
      description =
          "Keep a moving average of the generator's weights with this factor, 0.999 for instance.")
  private Double ema;

  @Option(
      names = "--precision",
      paramLabel = "P",
      description =
          "Numbers for the convolutions of encoder and decoder in training steps: fp32, or bf16,"
              + " which is for GPUs; default fp32.")
  private String precision;

  @Option(
      names = {"--feature-matching", "--feature_matching"},
      paramLabel = "V",
      description =
          "Weigh feature matching as that version of the official trainer: 2.2, or 2.3, which"
              + " counts the weight twice; default ${DEFAULT-VALUE}.")
  private String featureMatching = MATCHING_ONCE;

  @Option(
      names = {"--stop-on", "--stop_on"},
      paramLabel = "C",
      split = ",",
      description =
          "End the run, with a checkpoint, when this begins: silence, clipping, collapse, runaway"
              + " or plateau. Several are divided by commas.")
  private List<String> stopOn = List.of();

  /** Whether nothing of it was asked for but for feature matching. */
  private boolean isPlain() {
    return pitch == null
        && !normalize
        && !derivative
        && augmentations.isEmpty()
        && ema == null
        && precision == null
        && stopOn.isEmpty();
  }

  /** Whether feature matching is weighed twice. */
  public boolean isFeatureMatchingTwice() {
    if (!featureMatching.equals(MATCHING_ONCE) && !featureMatching.equals(MATCHING_TWICE)) {
      throw new CommandFailure(
          ExitCode.USAGE, "--feature-matching is 2.2 or 2.3, not \"" + featureMatching + "\".");
    }
    return featureMatching.equals(MATCHING_TWICE);
  }

  /**
   * As asked for; empty for the plain recipe.
   *
   * @throws CommandFailure USAGE that names the option
   */
  public Optional<TrainFeatures> features() {
    if (isPlain()) {
      return Optional.empty();
    }
    if (ema != null && !(ema > 0 && ema < 1)) {
      throw new CommandFailure(ExitCode.USAGE, "--ema is above 0 and below 1, not " + ema + ".");
    }
    return Optional.of(
        new TrainFeatures(
            pitchRange(),
            normalize ? Optional.of(true) : Optional.empty(),
            derivative ? Optional.of(true) : Optional.empty(),
            augmentations.stream()
                .distinct()
                .map(word -> FlagWords.of("--augment", TrainFeatures.Augmentation.values(), word))
                .toList(),
            ema == null ? OptionalDouble.empty() : OptionalDouble.of(ema),
            Optional.ofNullable(precision)
                .map(word -> FlagWords.of("--precision", TrainFeatures.Precision.values(), word)),
            List.copyOf(
                new LinkedHashSet<>(
                    stopOn.stream()
                        .map(
                            word ->
                                FlagWords.of("--stop-on", TrainFeatures.Condition.values(), word))
                        .toList()))));
  }

  private Optional<TrainFeatures.PitchRange> pitchRange() {
    if (pitch == null) {
      return Optional.empty();
    }
    try {
      PitchRange range = PitchRange.parse(pitch);
      return Optional.of(new TrainFeatures.PitchRange(range.lowest(), range.highest()));
    } catch (IllegalArgumentException outOfRange) {
      throw new CommandFailure(
          ExitCode.USAGE, "--rand-pitch: " + outOfRange.getMessage(), outOfRange);
    }
  }
}
