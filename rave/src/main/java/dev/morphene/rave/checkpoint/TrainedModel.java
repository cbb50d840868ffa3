package dev.morphene.rave.checkpoint;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.JobFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

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
 */
public record TrainedModel(
    String name,
    long step,
    int phase,
    RaveConfig config,
    Map<String, String> recipe,
    Map<String, TensorData> weights) {
  private static final String WEIGHTS = "state_dict";

  /**
   * Reads the model of a checkpoint file.
   *
   * @throws JobFailure UNREADABLE when it is missing, of another program, or damaged in what is
   *     read
   */
  public static TrainedModel read(Path file) {
    CheckpointTree tree = CheckpointTree.read(file, TrainedModel::wanted);
    return new TrainedModel(
        tree.text("name"),
        tree.number("global_step"),
        (int) tree.number("phase"),
        RaveConfig.fromJson(tree.text("config")),
        tree.texts("recipe"),
        tree.tensors(WEIGHTS));
  }

  private static boolean wanted(List<String> keys) {
    String top = keys.get(0);
    return top.equals(WEIGHTS)
        ? keys.size() == 1 || !keys.get(1).startsWith("discriminator.")
        : !top.equals("optimizers");
  }
}
