package dev.morphene.rave.checkpoint;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a checkpoint holds for whoever plays the model and does not train it. Discriminators and
 * optimisers, about four fifths of the file, stay on the disk.
 *
 * @param name of the instrument
 * @param step training steps done
 * @param phase of the last step: 1 representation, 2 adversarial
 * @param config architecture and training constants
 * @param recipe of the training run
 * @param weights the state dict without the discriminators
 * @param notes what had to be assumed or was left unread, one sentence each; empty for our own
 */
public record TrainedModel(
    String name,
    long step,
    int phase,
    RaveConfig config,
    Map<String, String> recipe,
    Map<String, TensorData> weights,
    List<String> notes) {
  private static final String WEIGHTS = "state_dict";

  /**
   * Reads the model of a checkpoint file, ours or the official trainer's; its own weights, not
   * their moving average. What an official one is, the tensors' shapes say and the {@code
   * config.gin} in the file's folder or one of the two above.
   *
   * @throws JobFailure UNREADABLE when it is missing, of another program, or damaged in what is
   *     read; BAD_INPUT when its config.gin asks for what there is not here
   */
  public static TrainedModel read(Path file) {
    if (OfficialModel.isIn(file)) {
      return OfficialModel.read(file);
    }
    CheckpointTree tree = CheckpointTree.read(file, TrainedModel::wanted);
    return new TrainedModel(
        tree.text("name"),
        tree.number("global_step"),
        (int) tree.number("phase"),
        RaveConfig.fromJson(tree.text("config")),
        tree.texts("recipe"),
        tree.tensors(WEIGHTS),
        List.of());
  }

  /** {@link #read} or {@link #readAverage}. */
  public static TrainedModel read(Path file, boolean averaged) {
    return averaged ? readAverage(file) : read(file);
  }

  /**
   * Reads the model with the moving average of its weights in their place, and with the analysis of
   * the average's latents, where there is one.
   *
   * @throws JobFailure BAD_INPUT when the run kept no average, else as {@link #read}
   */
  public static TrainedModel readAverage(Path file) {
    boolean official = OfficialModel.isIn(file);
    Optional<Map<String, TensorData>> average =
        official ? OfficialModel.average(file) : ownAverage(file);
    if (average.isEmpty()) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          file
              + " holds no moving average of its weights; leave --ema-weights out or train with"
              + " --ema.");
    }
    TrainedModel model = read(file);
    Map<String, TensorData> weights = new LinkedHashMap<>(model.weights());
    weights.putAll(average.get());
    List<String> notes = new ArrayList<>(model.notes());
    if (official) {
      notes.add(
          "The analysis of the latents is the model's own: official files hold none of the"
              + " average's.");
    }
    return new TrainedModel(
        model.name(), model.step(), model.phase(), model.config(), model.recipe(), weights, notes);
  }

  private static Optional<Map<String, TensorData>> ownAverage(Path file) {
    CheckpointTree tree =
        CheckpointTree.read(
            file, keys -> !keys.get(0).equals(WEIGHTS) && !keys.get(0).equals("optimizers"));
    return tree.has(CheckpointTree.AVERAGE)
        ? Optional.of(tree.tensors(CheckpointTree.AVERAGE))
        : Optional.empty();
  }

  private static boolean wanted(List<String> keys) {
    String top = keys.get(0);
    return top.equals(WEIGHTS)
        ? keys.size() == 1 || !keys.get(1).startsWith("discriminator.")
        : !top.equals("optimizers") && !top.equals(CheckpointTree.AVERAGE);
  }
}
