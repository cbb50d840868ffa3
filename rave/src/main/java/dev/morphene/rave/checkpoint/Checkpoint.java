package dev.morphene.rave.checkpoint;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.JobFailure;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a training run needs to go on as if it had never stopped.
 *
 * @param name of the instrument
 * @param step training steps done
 * @param phase of the last step: 1 representation, 2 adversarial
 * @param seed of the run
 * @param epoch of the next batch, 0 the first
 * @param batchInEpoch of the next batch
 * @param config architecture and training constants
 * @param recipe what must be equal for a run to be continued
 * @param weights the state dict, names as in official checkpoints
 * @param generator optimiser of encoder and decoder
 * @param discriminator optimiser of the discriminators
 * @param validation what was measured so far
 * @param average moving average of encoder and decoder and the analysis of its latents, by the
 *     names of the state dict; a run without one has none
 */
public record Checkpoint(
    String name,
    long step,
    int phase,
    long seed,
    long epoch,
    long batchInEpoch,
    RaveConfig config,
    Map<String, String> recipe,
    Map<String, TensorData> weights,
    OptimizerState generator,
    OptimizerState discriminator,
    ValidationRecord validation,
    Optional<Map<String, TensorData>> average) {
  /** Of a run that keeps no moving average. */
  public Checkpoint(
      String name,
      long step,
      int phase,
      long seed,
      long epoch,
      long batchInEpoch,
      RaveConfig config,
      Map<String, String> recipe,
      Map<String, TensorData> weights,
      OptimizerState generator,
      OptimizerState discriminator,
      ValidationRecord validation) {
    this(
        name,
        step,
        phase,
        seed,
        epoch,
        batchInEpoch,
        config,
        recipe,
        weights,
        generator,
        discriminator,
        validation,
        Optional.empty());
  }

  /** The tree as it is written; {@code torch.load} gives the same dictionary. */
  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("format", CheckpointTree.FORMAT);
    tree.put("format_version", CheckpointTree.FORMAT_VERSION);
    tree.put("name", name);
    tree.put("global_step", step);
    tree.put("phase", (long) phase);
    tree.put("seed", seed);
    // Ordered at every level: equal checkpoints are equal files, whichever JVM writes them.
    Map<String, Object> cursor = new LinkedHashMap<>();
    cursor.put("epoch", epoch);
    cursor.put("batch", batchInEpoch);
    tree.put("data_cursor", cursor);
    tree.put("config", config.toJson());
    tree.put("recipe", recipe);
    tree.put("state_dict", weights);
    Map<String, Object> optimizers = new LinkedHashMap<>();
    optimizers.put("generator", generator.tree());
    optimizers.put("discriminator", discriminator.tree());
    tree.put("optimizers", optimizers);
    tree.put("validation", validation.tree());
    average.ifPresent(tensors -> tree.put(CheckpointTree.AVERAGE, tensors));
    return tree;
  }

  /**
   * Reads a checkpoint file.
   *
   * @throws JobFailure UNREADABLE when it is missing, damaged or of another program
   */
  public static Checkpoint read(Path file) {
    CheckpointTree tree = CheckpointTree.read(file, keys -> true);
    CheckpointTree cursor = tree.child("data_cursor");
    CheckpointTree optimizers = tree.child("optimizers");
    return new Checkpoint(
        tree.text("name"),
        tree.number("global_step"),
        (int) tree.number("phase"),
        tree.number("seed"),
        cursor.number("epoch"),
        cursor.number("batch"),
        RaveConfig.fromJson(tree.text("config")),
        tree.texts("recipe"),
        tree.tensors("state_dict"),
        OptimizerState.of(optimizers.child("generator")),
        OptimizerState.of(optimizers.child("discriminator")),
        ValidationRecord.of(tree.child("validation")),
        tree.has(CheckpointTree.AVERAGE)
            ? Optional.of(tree.tensors(CheckpointTree.AVERAGE))
            : Optional.empty());
  }
}
