package dev.morphene.trials.simulation;

import dev.morphene.coordinator.memory.EnvelopeRule;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.memory.GuideMemory;
import dev.morphene.protocol.spec.Recipe;
import dev.morphene.protocol.spec.TrainSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the cluster has learned of its recipes, in the place of the database's tables. */
final class LearnedEnvelopes {
  private static final int NEWEST_RUNS = 100;

  private static final class Known {
    final List<ByteSize> phaseOne = new ArrayList<>();
    final List<ByteSize> phaseTwo = new ArrayList<>();
    Optional<ByteSize> floor = Optional.empty();
    Optional<ByteSize> need = Optional.empty();
  }

  private final EnvelopeRule rule;
  private final ByteSize largestGpu;
  private final Map<Recipe, Known> knownByRecipe = new HashMap<>();

  private long version;

  LearnedEnvelopes(EnvelopeRule rule, ByteSize largestGpu) {
    this.rule = rule;
    this.largestGpu = largestGpu;
  }

  /** Grows whenever a need may have changed. */
  long version() {
    return version;
  }

  void learn(Recipe recipe, int phase, ByteSize peak) {
    Known known = known(recipe);
    List<ByteSize> peaks = phase == 1 ? known.phaseOne : known.phaseTwo;
    if (peaks.size() == NEWEST_RUNS) {
      peaks.remove(0);
    }
    peaks.add(peak);
    forget(known);
  }

  ByteSize need(TrainSpec spec) {
    Known known = known(spec.recipe());
    if (known.need.isEmpty()) {
      ByteSize guide = GuideMemory.of(spec.config());
      known.need =
          Optional.of(
              rule.ofJob(
                  List.of(rule.ofPhase(known.phaseOne, guide), rule.ofPhase(known.phaseTwo, guide)),
                  known.phaseTwo.size() < rule.enoughRuns() ? known.floor : Optional.empty()));
    }
    return known.need.get();
  }

  /** The new floor of the recipe, which counts until its runs are measured. */
  ByteSize ranOut(Recipe recipe, ByteSize promised, ByteSize observed) {
    Known known = known(recipe);
    ByteSize grown = rule.grown(promised, observed, largestGpu);
    if (known.floor.isEmpty() || known.floor.get().compareTo(grown) < 0) {
      known.floor = Optional.of(grown);
    }
    forget(known);
    return grown;
  }

  private void forget(Known known) {
    known.need = Optional.empty();
    version++;
  }

  private Known known(Recipe recipe) {
    return knownByRecipe.computeIfAbsent(recipe, absent -> new Known());
  }
}
