package dev.morphene.rave.checkpoint;

import dev.morphene.rave.archive.TensorData;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * State of one Adam optimiser.
 *
 * @param step updates made
 * @param firstMoments by parameter name, in parameter order
 * @param secondMoments likewise
 */
public record OptimizerState(
    TensorData step, Map<String, TensorData> firstMoments, Map<String, TensorData> secondMoments) {

  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("step", step);
    tree.put("exp_avg", firstMoments);
    tree.put("exp_avg_sq", secondMoments);
    return tree;
  }

  static OptimizerState of(CheckpointTree tree) {
    return new OptimizerState(
        tree.tensor("step"), tree.tensors("exp_avg"), tree.tensors("exp_avg_sq"));
  }
}
