package dev.morphene.rave.official;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The program's scalars, put together: how far it is, its losses, its validations. */
final class Figures {
  private static final String VALIDATION = "validation";
  private static final String FIDELITY = "fidelity_";

  /** What makes sense only beside a validation, or not at all. */
  private static final List<String> NO_LOSSES = List.of(VALIDATION, "epoch", "hp_metric");

  private static final List<String> MUST_BE_NUMBERS =
      List.of(VALIDATION, "multiband_spectral_distance", "fullband_spectral_distance");

  /** A validation with what was found about the latents. */
  record Validation(long step, double distance, Map<String, Double> measures) {}

  private final Map<String, Double> losses = new LinkedHashMap<>();
  private final Map<String, Double> latents = new LinkedHashMap<>();
  private OptionalLong step = OptionalLong.empty();
  private Optional<Scalar> waiting = Optional.empty();
  private Optional<Scalar> noNumber = Optional.empty();

  /**
   * Takes what was written since the last call.
   *
   * @param last true when nothing more will come
   * @return validations that are complete: their figures are written one by one, so one is held
   *     back until the next call
   */
  List<Validation> take(List<Scalar> scalars, boolean last) {
    List<Validation> complete = new ArrayList<>();
    boolean held = waiting.isPresent();
    for (Scalar scalar : scalars) {
      if (waiting.isPresent() && scalar.step() > waiting.get().step()) {
        complete.add(finished());
        held = false;
      }
      take(scalar);
    }
    if (waiting.isPresent() && (held || last)) {
      complete.add(finished());
    }
    return complete;
  }

  private void take(Scalar scalar) {
    step = OptionalLong.of(Math.max(step.orElse(0), scalar.step()));
    if (!Double.isFinite(scalar.value()) && MUST_BE_NUMBERS.contains(scalar.tag())) {
      noNumber = noNumber.or(() -> Optional.of(scalar));
    } else if (scalar.tag().equals(VALIDATION)) {
      waiting = Optional.of(scalar);
    } else if (scalar.tag().startsWith(FIDELITY)) {
      latents.put(scalar.tag(), scalar.value());
    } else if (!NO_LOSSES.contains(scalar.tag())) {
      losses.put(scalar.tag(), scalar.value());
    }
  }

  private Validation finished() {
    Scalar scalar = waiting.orElseThrow();
    waiting = Optional.empty();
    Validation validation = new Validation(scalar.step(), scalar.value(), Map.copyOf(latents));
    latents.clear();
    return validation;
  }

  /** Of the newest scalar. */
  OptionalLong step() {
    return step;
  }

  /** The newest of each. */
  Map<String, Double> losses() {
    return Map.copyOf(losses);
  }

  /** The first loss or distance that is no number: the weights are none any more. */
  Optional<Scalar> noNumber() {
    return noNumber;
  }
}
