package dev.morphene.rave.checkpoint;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.discriminator.DiscriminatorModule;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A checkpoint of the official trainer as one that the native trainer goes on from: weights,
 * discriminators, both optimisers, and the step.
 *
 * @param checkpoint without validations, which official files do not hold; its recipe has what the
 *     run tells and leaves the rest to whoever goes on
 * @param notes what was assumed or left out, one sentence each
 */
public record OfficialImport(Checkpoint checkpoint, List<String> notes) {
  /** Recipe entry that says where a checkpoint is from. */
  public static final String ORIGIN = "importedFrom";

  private static final String JUDGES = "discriminator.";

  public OfficialImport {
    notes = List.copyOf(notes);
  }

  /**
   * Reads a file.
   *
   * @throws JobFailure UNREADABLE when it is missing, damaged, or no checkpoint of the official
   *     trainer; BAD_INPUT when its model is none of this program's configurations. The message
   *     names the first tensor that does not fit, with both shapes
   */
  public static OfficialImport read(Path file) {
    CheckpointTree tree = CheckpointTree.ofAnyTrainer(file, keys -> true);
    if (!tree.has(OfficialModel.FRAMEWORK)) {
      throw new JobFailure(
          FailureClass.UNREADABLE,
          file + " is no checkpoint of the official trainer; name one that rave train wrote.");
    }
    TrainedModel model = OfficialModel.of(file, tree);
    RaveConfig config = model.config();
    if (config.name().equals(OfficialPreset.OWN)) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "The model in "
              + file
              + " is none of "
              + String.join(", ", RaveConfig.presetNames())
              + " with any overlays, so no training here can go on with it; it can be exported and"
              + " audited as it is.");
    }
    Map<String, TensorData> state = tree.tensors("state_dict");
    List<CheckpointTree> optimizers = tree.children("optimizer_states");
    if (optimizers.size() != 2) {
      throw new JobFailure(
          FailureClass.UNREADABLE,
          file + " has " + optimizers.size() + " optimisers where a run has 2; use another file.");
    }
    List<String> notes = new ArrayList<>(model.notes());
    notes.add("The state of the random numbers and the order of the data begin anew.");
    Optional<Map<String, TensorData>> average =
        OfficialModel.average(tree).map(found -> average(found, state));
    Checkpoint checkpoint =
        new Checkpoint(
            model.name(),
            model.step(),
            phase(tree, model, notes),
            0,
            tree.has("epoch") ? tree.number("epoch") : 0,
            0,
            config,
            recipe(file, model, average.isPresent()),
            weights(config, state),
            optimizer(optimizers.get(0), state, "encoder.", "decoder."),
            optimizer(optimizers.get(1), state, JUDGES),
            ValidationRecord.none(),
            average);
    return new OfficialImport(checkpoint, notes);
  }

  private static int phase(CheckpointTree tree, TrainedModel model, List<String> notes) {
    long counted = model.step();
    if (tree.has(OfficialModel.CALLBACKS)
        && tree.child(OfficialModel.CALLBACKS).has("WarmupCallback")) {
      counted =
          tree.child(OfficialModel.CALLBACKS).child("WarmupCallback").number("training_steps");
    }
    if (counted != model.step()) {
      notes.add(
          "Its phases are counted from "
              + counted
              + " steps, not from the "
              + model.step()
              + " of the run; here they follow the run's.");
    }
    return model.phase();
  }

  private static Map<String, String> recipe(Path file, TrainedModel model, boolean averaged) {
    Map<String, String> recipe = new LinkedHashMap<>();
    for (String field : List.of("config", "channels", "samplingRateHz", "phaseOneSteps")) {
      recipe.put(field, model.recipe().get(field));
    }
    if (!averaged) {
      // Nothing to go on with; where there is an average, its factor is not told.
      recipe.put("ema", "none");
    }
    recipe.put(ORIGIN, file.getFileName().toString());
    return recipe;
  }

  /** What the native trainer keeps, in its place; the rest follows from it. */
  private static Map<String, TensorData> weights(RaveConfig config, Map<String, TensorData> state) {
    Map<String, TensorData> weights = new LinkedHashMap<>(ModelWeights.of(config, state).tensors());
    long[] field = weights.get(ModelWeights.RECEPTIVE_FIELD).longs();
    if (Arrays.stream(field).allMatch(samples -> samples == 0)) {
      // Never measured; the trainer's own measure stays then.
      weights.remove(ModelWeights.RECEPTIVE_FIELD);
    }
    DiscriminatorModule.module(config.discriminator(), config.channels(), new Random(0))
        .stateDict()
        .forEach((key, ours) -> weights.put(JUDGES + key, fitting(state, JUDGES + key, ours)));
    for (String key : state.keySet()) {
      if (key.startsWith(JUDGES) && !weights.containsKey(key)) {
        throw new JobFailure(
            FailureClass.UNREADABLE,
            "The checkpoint has a tensor "
                + key
                + " where the discriminators of a "
                + config.name()
                + " have none.");
      }
    }
    return weights;
  }

  /** Of every trained tensor, with the analysis of the latents that there is. */
  private static Map<String, TensorData> average(
      Map<String, TensorData> found, Map<String, TensorData> state) {
    Map<String, TensorData> average = new LinkedHashMap<>();
    for (String key : StateDictOrder.parameters(state.keySet(), "encoder.", "decoder.")) {
      average.put(
          key, found.containsKey(key) ? fitting(found, key, state.get(key)) : state.get(key));
    }
    for (String key :
        List.of(ModelWeights.LATENT_PCA, ModelWeights.LATENT_MEAN, ModelWeights.FIDELITY)) {
      average.put(key, state.get(key));
    }
    return average;
  }

  private static TensorData fitting(Map<String, TensorData> state, String key, TensorData ours) {
    TensorData theirs = state.get(key);
    if (theirs == null
        || theirs.type() != ours.type()
        || !Arrays.equals(theirs.shape(), ours.shape())) {
      throw new JobFailure(
          FailureClass.UNREADABLE,
          "The checkpoint's "
              + key
              + " is "
              + (theirs == null ? "missing" : theirs)
              + " where this program has "
              + ours
              + ".");
    }
    return theirs;
  }

  /**
   * Moments are numbered in the order of the parameters. One that no gradient has reached yet, of a
   * noise branch before the second phase for instance, has none.
   */
  private static OptimizerState optimizer(
      CheckpointTree adam, Map<String, TensorData> state, String... prefixes) {
    List<String> parameters = StateDictOrder.parameters(state.keySet(), prefixes);
    CheckpointTree moments = adam.child("state");
    for (String number : moments.names()) {
      if (!number.matches("\\d{1,6}") || Integer.parseInt(number) >= parameters.size()) {
        throw new JobFailure(
            FailureClass.UNREADABLE,
            "An optimiser has a state for parameter "
                + number
                + " where the model has "
                + parameters.size()
                + " under "
                + String.join(" and ", prefixes)
                + "; use another checkpoint.");
      }
    }
    Map<String, TensorData> first = new LinkedHashMap<>();
    Map<String, TensorData> second = new LinkedHashMap<>();
    float steps = 0;
    for (int i = 0; i < parameters.size(); i++) {
      TensorData parameter = state.get(parameters.get(i));
      if (moments.has(Integer.toString(i))) {
        CheckpointTree own = moments.child(Integer.toString(i));
        first.put(parameters.get(i), moment(own, "exp_avg", parameter));
        second.put(parameters.get(i), moment(own, "exp_avg_sq", parameter));
        // Encoders stop being trained in the second phase; all others have the same count.
        steps = Math.max(steps, steps(own));
      } else {
        first.put(parameters.get(i), TensorData.zeros(parameter.shape()));
        second.put(parameters.get(i), TensorData.zeros(parameter.shape()));
      }
    }
    return new OptimizerState(TensorData.scalar(steps), first, second);
  }

  private static TensorData moment(CheckpointTree own, String name, TensorData parameter) {
    String path = own.path(name);
    return fitting(Map.of(path, own.tensor(name)), path, parameter);
  }

  private static float steps(CheckpointTree own) {
    if (!own.isTensor("step")) {
      return own.number("step");
    }
    TensorData step = own.tensor("step");
    return step.type() == TensorData.ElementType.FLOAT32 && step.elementCount() == 1
        ? step.floats()[0]
        : own.number("step");
  }
}
