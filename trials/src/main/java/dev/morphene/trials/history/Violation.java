package dev.morphene.trials.history;

import java.util.List;

/**
 * A promise that was broken.
 *
 * @param invariant name of the promise
 * @param sentence what happened
 * @param lines the part of the history that shows it
 */
public record Violation(String invariant, String sentence, List<String> lines) {

  static Violation of(Invariant invariant, String sentence, List<?> facts) {
    return new Violation(
        invariant.getClass().getSimpleName(),
        sentence,
        facts.stream().map(Object::toString).toList());
  }

  @Override
  public String toString() {
    return invariant + ": " + sentence + "\n    " + String.join("\n    ", lines);
  }
}
