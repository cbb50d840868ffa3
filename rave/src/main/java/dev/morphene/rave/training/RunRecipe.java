package dev.morphene.rave.training;

import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.TrainRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** What decides a run's memory, and what must stay equal for a run to be continued. */
final class RunRecipe {
  /** Changes with anything that makes the same request train otherwise. */
  static final String TRAINER = "morphene-1";

  private static final String BATCH = "batch";

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
    recipe.put("trainer", TRAINER);
    return recipe;
  }

  /** The whole, as checkpoints keep it. */
  static Map<String, String> of(TrainRequest request, RaveConfig config) {
    Map<String, String> recipe = ofMemory(request, OptionalInt.of(config.channels()));
    recipe.put("phaseOneSteps", Long.toString(config.training().phaseOneSteps()));
    recipe.put("seed", Long.toString(request.seed()));
    recipe.put("featureMatchingTwice", Boolean.toString(request.featureMatchingTwice()));
    return recipe;
  }

  /**
   * Lets a run continue only with its own recipe. The batch size alone may change, with a warning:
   * a run that ran out of memory after days must be able to go on with less.
   *
   * @throws JobFailure BAD_INPUT naming the first field that differs
   */
  static void checkContinues(
      Map<String, String> saved, Map<String, String> asked, Consumer<String> warnings) {
    for (Map.Entry<String, String> field : asked.entrySet()) {
      String before = saved.get(field.getKey());
      if (field.getValue().equals(before)) {
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
