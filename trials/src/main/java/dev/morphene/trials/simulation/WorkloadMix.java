package dev.morphene.trials.simulation;

import dev.morphene.protocol.catalogue.Tier;
import java.util.List;

/** Which recipes the instruments of each tier are trained with. */
enum WorkloadMix {
  /**
   * The guide's recipes at its batch of 8 and its three million steps, a third of the jobs in each
   * tier; one flagship in twenty is tried with twice the batch, which needs a GPU for itself.
   */
  GUIDE(
      List.of(
          new Part(Tier.FLAGSHIP, 2, 9, TrueRecipe.of("v3", 8), 3_000_000),
          new Part(Tier.FLAGSHIP, 2, 10, TrueRecipe.of("v2", 8), 3_000_000),
          new Part(Tier.FLAGSHIP, 2, 1, TrueRecipe.of("v3", 16), 3_000_000),
          new Part(Tier.STRONG, 1, 20, TrueRecipe.of("v2", 8), 3_000_000),
          new Part(Tier.EXPERIMENTAL, 0, 10, TrueRecipe.of("v2", 8), 3_000_000),
          new Part(Tier.EXPERIMENTAL, 0, 10, TrueRecipe.of("v2_small", 8), 3_000_000))),

  /** Nine recipes from 4 to 56 GB, many of them awkward: two fifths fit only the larger GPUs. */
  WIDE(
      List.of(
          new Part(Tier.FLAGSHIP, 2, 4, TrueRecipe.of("v3", 8), 3_000_000),
          new Part(Tier.FLAGSHIP, 2, 4, TrueRecipe.of("v2", 16), 3_000_000),
          new Part(Tier.FLAGSHIP, 2, 4, TrueRecipe.of("v3", 16), 3_000_000),
          new Part(Tier.STRONG, 1, 8, TrueRecipe.of("v2", 8), 3_000_000),
          new Part(Tier.STRONG, 1, 8, TrueRecipe.of("v3", 8), 3_000_000),
          new Part(Tier.STRONG, 1, 8, TrueRecipe.of("v3", 4), 3_000_000),
          new Part(Tier.EXPERIMENTAL, 0, 6, TrueRecipe.of("v2_small", 8), 1_500_000),
          new Part(Tier.EXPERIMENTAL, 0, 6, TrueRecipe.of("v2_small", 16), 1_500_000),
          new Part(Tier.EXPERIMENTAL, 0, 6, TrueRecipe.of("v2", 4), 1_500_000),
          new Part(Tier.EXPERIMENTAL, 0, 6, TrueRecipe.of("v2", 8), 1_500_000)));

  /**
   * @param weight of it among all jobs
   */
  record Part(Tier tier, int priority, int weight, TrueRecipe recipe, long steps) {}

  private final List<Part> parts;

  WorkloadMix(List<Part> parts) {
    this.parts = parts;
  }

  List<Part> parts() {
    return parts;
  }

  List<Part> parts(Tier tier) {
    return parts.stream().filter(part -> part.tier() == tier).toList();
  }
}
