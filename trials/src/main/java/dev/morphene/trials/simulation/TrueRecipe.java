package dev.morphene.trials.simulation;

import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.spec.TrainSpec;
import java.util.List;

/**
 * What a training really takes, which the cluster learns only by running it. The figures are
 * assumptions in the guide's order of magnitude, not measurements.
 *
 * @param phaseOneGb peak of the representation phase
 * @param phaseTwoGb peak of the adversarial phase
 * @param secondsPerStep mean over both phases, the same on every GPU and beside any neighbours
 * @param knownBefore whether the farm has run it before, so that its envelope is learned already
 */
record TrueRecipe(
    String config,
    int batch,
    double phaseOneGb,
    double phaseTwoGb,
    double secondsPerStep,
    boolean knownBefore) {
  /** Runs differ by up to this part in their memory, both ways. */
  static final double MEMORY_SPREAD = 0.02;

  /** Runs differ by up to this part in their speed, both ways. */
  static final double SPEED_SPREAD = 0.1;

  /** The part of the steps that is phase one. */
  static final double PHASE_ONE_SHARE = 1.0 / 3;

  static final List<TrueRecipe> ALL =
      List.of(
          new TrueRecipe("v2_small", 4, 2.2, 4.0, 0.030, true),
          new TrueRecipe("v2_small", 8, 3.4, 6.4, 0.035, true),
          new TrueRecipe("v2_small", 16, 5.6, 11.2, 0.045, false),
          new TrueRecipe("v2", 4, 5.0, 9.1, 0.045, true),
          new TrueRecipe("v2", 8, 8.1, 14.8, 0.060, true),
          new TrueRecipe("v2", 16, 14.0, 25.5, 0.080, true),
          new TrueRecipe("v3", 4, 9.8, 18.2, 0.060, true),
          new TrueRecipe("v3", 8, 17.0, 30.6, 0.080, true),
          new TrueRecipe("v3", 16, 30.0, 56.0, 0.110, true));

  static TrueRecipe of(String config, int batch) {
    return ALL.stream()
        .filter(recipe -> recipe.config.equals(config) && recipe.batch == batch)
        .findFirst()
        .orElseThrow();
  }

  static TrueRecipe of(TrainSpec spec) {
    return of(spec.config(), spec.recipe().batch());
  }

  /** The most that a run of it can take. */
  ByteSize most() {
    return ByteSize.ofGb(phaseTwoGb * (1 + MEMORY_SPREAD));
  }

  /** What every run of it takes at least at its peak. */
  ByteSize least() {
    return ByteSize.ofGb(phaseTwoGb * (1 - MEMORY_SPREAD));
  }
}
