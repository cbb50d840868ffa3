package dev.morphene.rave.training;

import dev.morphene.rave.checkpoint.OfficialImport;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.Augmentation;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.PitchRange;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.process.TrainerKind;
import dev.morphene.rave.process.TrainingFeatures;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What decides a run's memory, and what must stay equal for a run to be continued. */
public final class RunRecipe {
  /** Changes with anything that makes the same request train otherwise. */
  private static final String TRAINER = "morphene-1";

  private static final String OFFICIAL_TRAINER = "rave-2.3";
  private static final String CONFIGS_OWN = "the config's";

  private static final String BATCH = "batch";
  private static final String OFF = "none";
  private static final Map<String, String> PLAIN = features(TrainingFeatures.none());

  private RunRecipe() {}

  /**
   * The part that decides the memory.
   *
   * @param channels of the dataset; empty when it cannot be read
   */
  static Map<String, String> ofMemory(TrainRequest request, OptionalInt channels) {
    Map<String, String> recipe = new LinkedHashMap<>();
    recipe.put("config", request.config());
    recipe.put(BATCH, Integer.toString(request.batch()));
    recipe.put("signalSamples", Integer.toString(request.signalSamples()));
    channels.ifPresent(count -> recipe.put("channels", Integer.toString(count)));
    recipe.put("samplingRateHz", Integer.toString(request.samplingRateHz()));
    boolean official = request.trainer().equals(Optional.of(TrainerKind.RAVE));
    recipe.put("trainer", official ? OFFICIAL_TRAINER : TRAINER);
    return recipe;
  }

  /** The whole of a run by the official trainer, whose configs are not known here. */
  public static Map<String, String> ofOfficial(TrainRequest request, int channels) {
    Map<String, String> recipe = ofMemory(request, OptionalInt.of(channels));
    recipe.put("name", request.name());
    recipe.put(
        "phaseOneSteps",
        request.phaseOneSteps().isPresent()
            ? Long.toString(request.phaseOneSteps().getAsLong())
            : CONFIGS_OWN);
    recipe.putAll(features(request.features().orElse(TrainingFeatures.none())));
    return recipe;
  }

  /** The whole, as checkpoints keep it. */
  static Map<String, String> of(TrainRequest request, RaveConfig config) {
    Map<String, String> recipe = ofMemory(request, OptionalInt.of(config.channels()));
    recipe.put("phaseOneSteps", Long.toString(config.training().phaseOneSteps()));
    recipe.put("seed", Long.toString(request.seed()));
    recipe.put("featureMatchingTwice", Boolean.toString(request.featureMatchingTwice()));
    recipe.putAll(features(request.features().orElse(TrainingFeatures.none())));
    return recipe;
  }

  /** What ends a run early is not among them: it changes no step. */
  private static Map<String, String> features(TrainingFeatures features) {
    Map<String, String> recipe = new LinkedHashMap<>();
    recipe.put("randomPitch", features.randomPitch().map(PitchRange::toString).orElse(OFF));
    recipe.put("normalize", Boolean.toString(features.normalize()));
    recipe.put("derivative", Boolean.toString(features.derivative()));
    recipe.put(
        "augmentations",
        features.augmentations().isEmpty()
            ? OFF
            : features.augmentations().stream()
                .map(Augmentation::word)
                .collect(Collectors.joining(",")));
    recipe.put(
        "ema",
        features.emaFactor().isPresent()
            ? Double.toString(features.emaFactor().getAsDouble())
            : OFF);
    recipe.put("precision", features.precision().word());
    return recipe;
  }

  /**
   * Lets a run continue only with its own recipe. The batch size alone may change, with a warning:
   * a run that ran out of memory after days must be able to go on with less. What an imported
   * checkpoint does not tell may be anything.
   *
   * @throws JobFailure BAD_INPUT naming the first field that differs
   */
  public static void checkContinues(
      Map<String, String> saved, Map<String, String> asked, Consumer<String> warnings) {
    for (Map.Entry<String, String> field : asked.entrySet()) {
      boolean imported = saved.containsKey(OfficialImport.ORIGIN);
      // Runs from before there were features had none.
      String before =
          saved.getOrDefault(field.getKey(), imported ? null : PLAIN.get(field.getKey()));
      if (imported && before == null || field.getValue().equals(before)) {
        continue;
      }
      if (!field.getKey().equals(BATCH)) {
        throw new JobFailure(
            FailureClass.BAD_INPUT,
            "The run folder holds checkpoints with "
                + field.getKey()
                + " "
                + before
                + ", the request says "
                + field.getValue()
                + "; use the same value or an empty run folder.");
      }
      warnings.accept(
          "The run goes on with a batch of " + field.getValue() + " instead of " + before + ".");
    }
  }
}
