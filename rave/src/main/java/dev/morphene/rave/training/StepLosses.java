package dev.morphene.rave.training;

import dev.morphene.rave.archive.ScriptValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a step measured; names are those of the official trainer's scalars.
 *
 * @param total that was minimised
 * @param parts by name, the total not among them
 */
record StepLosses(double total, Map<String, Double> parts) {
  private static final List<String> REPRESENTATION =
      List.of("multiband_spectral_distance", "fullband_spectral_distance", "regularization");
  private static final List<String> GENERATOR =
      List.of(
          "multiband_spectral_distance",
          "fullband_spectral_distance",
          "regularization",
          "feature_matching",
          "adversarial");
  private static final List<String> DISCRIMINATOR = List.of("pred_real", "pred_fake");

  static StepLosses of(TrainingSchedule.Kind kind, ScriptValue result) {
    List<String> names =
        switch (kind) {
          case REPRESENTATION -> REPRESENTATION;
          case GENERATOR -> GENERATOR;
          case DISCRIMINATOR -> DISCRIMINATOR;
        };
    List<ScriptValue> values = result.asList();
    double total = values.get(0).asDouble();
    Map<String, Double> parts = new LinkedHashMap<>();
    if (kind == TrainingSchedule.Kind.DISCRIMINATOR) {
      parts.put("loss_dis", total);
    }
    for (int i = 0; i < names.size(); i++) {
      parts.put(names.get(i), values.get(i + 1).asDouble());
    }
    return new StepLosses(total, parts);
  }

  boolean finite() {
    return Double.isFinite(total);
  }
}
